import type { Language } from '../domain/assistant.ts';
import { DELETION_OFFERS_A_DAY } from '../domain/privacy-request.ts';
import { REQUEST_MESSAGES } from '../domain/request-messages.ts';
import { newRequestCodes } from '../lib/crypto/request-codes.ts';
import type { CodeHash } from '../lib/crypto/request-codes.ts';
import type { Log } from '../lib/log.ts';
import type { Database } from '../store/database.ts';
import { appendLedger } from '../store/ledger/ledger.ts';
import type { People } from '../store/people/people.ts';
import { createRequest } from '../store/requests/requests.ts';
import { inTransaction } from '../store/transaction.ts';
import { countWithinDay } from '../store/within-a-day.ts';
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
export type OfferDeletion = (asker: { subjectId: string; language: Language }) => Promise<Answer>;

/**
 * An offer that is not confirmed ends as "not verified" when its time is up, and harms nobody. A person who has several
 * open is told to use one of them: nobody can fill the ledger from a chat, and nobody is locked out of theirs.
 */
export function createOfferDeletion(deps: OfferDeletionDeps): OfferDeletion {
  return async ({ subjectId, language }) => {
    const { code, phrase } = newRequestCodes();
    const words = REQUEST_MESSAGES[language];
    const input = await inTransaction(deps.db, async (trx) => {
      if ((await countWithinDay(trx, subjectId, 'deletion_offers')) > DELETION_OFFERS_A_DAY)
        return null;
      const { channel } = await trx
        .selectFrom('mayfly.subjects')
        .select('channel')
        .where('id', '=', subjectId)
        .executeTakeFirstOrThrow();
      const created = await createRequest(trx, deps.people, {
        right: 'erasure',
        intake: 'chat',
        receivedAt: new Date(),
        codeHash: deps.codeHash.of('code', code),
        phrase: { text: phrase, hash: deps.codeHash.of('phrase', phrase) },
        accounts: [channel],
        contact: { asker: { channel, subjectId } },
      });
      await appendLedger(trx, {
        actorRole: 'person',
        action: 'request received',
        requestId: created.requestId,
        details: { right: 'erasure', intake: 'chat' },
      });
      return created;
    });
    if (input === null) {
      const reply = words.deletionsOpen({ pageUrl: `${deps.publicUrl}/privacy/deletion` });
      return { reply, action: 'continue', origin: 'notice' };
    }
    try {
      await deps.requests.start(input);
    } catch (error) {
      deps.log.warn(
        { event: 'request waits', error },
        'a privacy request could not be started; the reconcile schedule will',
      );
    }
    const statusUrl = `${deps.publicUrl}/privacy/requests/${code}`;
    const reply = words.confirmDeletion({ phrase, statusUrl });
    return { reply, action: 'continue', origin: 'notice' };
  };
}
