import { randomBytes } from 'node:crypto';
import { POLICY } from '../domain/policy.ts';
import { REQUEST_MESSAGES } from '../domain/request-messages.ts';
import { failPoint } from '../lib/fail-point.ts';
import type { Log } from '../lib/log.ts';
import type { GraphClient } from '../lib/meta/graph-client.ts';
import { isCertifiedBefore } from '../store/requests/certificates.ts';
import type { Database } from '../store/database.ts';
import type { People } from '../store/people/people.ts';
import { markOfMessage, markOfWords } from '../store/erasure/marks.ts';
import { findAccounts } from '../store/requests/request-accounts.ts';
import { readContact, writeContact } from '../store/requests/request-contact.ts';
import type { Tombstones } from '../store/erasure/tombstones.ts';
import { inTransaction } from '../store/transaction.ts';
import type { OwnWords } from './own-words.ts';

/** Tells the person in their chat that their data is gone. */
export type TellPerson = (request: { requestId: string }) => Promise<void>;

export interface TellPersonDeps {
  db: Database;
  people: People;
  tombstones: Tombstones;
  graph: Pick<GraphClient, 'sendText'>;
  words: Pick<OwnWords, 'speaker' | 'languages'>;
  log: Log;
}

const TOO_LATE = { kind: 'not sent' } as const;
/** A send takes less than this. */
const SENDING_MS = 60_000;

function latestCertificate(): Date {
  return new Date(Date.now() + SENDING_MS - POLICY.lastWordsMs);
}

/**
 * One try for each chat, in the order in which they were confirmed. The address is dropped before the message is sent,
 * so that nobody who asked to be forgotten is written to twice; the status page says the same for as long as they like.
 * The certificate says until when these last words are kept elsewhere, so that they go out within a day of it, or not
 * at all. Meta shows us what we sent: stones for these words, put up before they leave, and for their id keep them from
 * being taken for a human's.
 */
export function createTellPerson({
  db,
  people,
  tombstones,
  graph,
  words,
  log,
}: TellPersonDeps): TellPerson {
  const says = REQUEST_MESSAGES[words.languages[0]];
  return async ({ requestId }) => {
    // The door is closed: nothing of this changes any more.
    const accounts = await findAccounts(db, requestId);
    const isInPart = accounts.some(({ provenAt }) => provenAt === null);
    const text = says[isInPart ? 'erasedInPart' : 'erased'](words.speaker);
    for (;;) {
      const chat = await inTransaction(db, async (trx) => {
        const contact = await readContact(trx, people, requestId);
        const [next, ...rest] = contact?.chats ?? [];
        if (contact === null || next === undefined) return null;
        await writeContact(trx, people, requestId, { ...contact, chats: rest });
        if (await isCertifiedBefore(trx, requestId, latestCertificate())) return 'too late';
        const persons = tombstones.marksOf({ account: next.account, identifiers: [next.to] });
        const said = persons.map((person) => markOfWords(person, text));
        await tombstones.putUp(trx, said, new Date());
        return next;
      });
      if (chat === null) return;
      failPoint('before telling');
      // Nothing of ours goes along with the person's address by which the request could be found again.
      const token = randomBytes(16).toString('hex');
      const outcome =
        chat === 'too late' ? TOO_LATE : await graph.sendText({ ...chat, text, token });
      failPoint('after telling');
      if (outcome.kind === 'accepted') {
        const told = markOfMessage(outcome.providerId);
        await inTransaction(db, (trx) => tombstones.putUp(trx, [told], new Date()));
      } else
        log.warn(
          { event: 'person not told', outcome: outcome.kind },
          'the word that an erasure is done may not have arrived',
        );
    }
  };
}
