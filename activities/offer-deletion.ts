import type { Language } from '../domain/assistant.ts';
import { REQUEST_MESSAGES } from '../domain/request-messages.ts';
import { newRequestCodes } from '../lib/crypto/request-codes.ts';
import type { CodeHash } from '../lib/crypto/request-codes.ts';
import type { Log } from '../lib/log.ts';
import type { Database } from '../lib/postgres/database.ts';
import { appendLedger } from '../lib/postgres/ledger.ts';
import type { People } from '../lib/postgres/people.ts';
import { createRequest } from '../lib/postgres/requests.ts';
import { inTransaction } from '../lib/postgres/transaction.ts';
import type { PrivacyRequests } from '../lib/temporal/privacy-requests.ts';
import type { Answer } from './own-words.ts';

export interface OfferDeletionDeps {
  db: Database;
  people: People;
  codeHash: CodeHash;
  requests: PrivacyRequests;
  publicUrl: string;
  log: Log;
}

/** Answers "delete my data": takes the request in, and asks for the one step that confirms it. */
export type OfferDeletion = (language: Language) => Promise<Answer>;

/** An offer that is not confirmed ends as "not verified" when its time is up, and harms nobody. */
export function createOfferDeletion(deps: OfferDeletionDeps): OfferDeletion {
  return async (language) => {
    const { code, phrase } = newRequestCodes();
    const input = await inTransaction(deps.db, async (trx) => {
      const created = await createRequest(trx, deps.people, {
        right: 'erasure',
        intake: 'chat',
        receivedAt: new Date(),
        codeHash: deps.codeHash.of('code', code),
        phraseHash: deps.codeHash.of('phrase', phrase),
        channelsNamed: 1,
        contact: { chats: [] },
      });
      await appendLedger(trx, {
        actorRole: 'person',
        action: 'request received',
        requestId: created.requestId,
        details: { right: 'erasure', intake: 'chat' },
      });
      return created;
    });
    try {
      await deps.requests.start(input);
    } catch (error) {
      deps.log.warn(
        { event: 'request waits', error },
        'a privacy request could not be started; the reconcile schedule will',
      );
    }
    const statusUrl = `${deps.publicUrl}/privacy/requests/${code}`;
    const reply = REQUEST_MESSAGES[language].confirmDeletion({ phrase, statusUrl });
    return { reply, action: 'continue', origin: 'notice' };
  };
}
