import { REQUEST_MESSAGES } from '../domain/request-messages.ts';
import { failPoint } from '../lib/fail-point.ts';
import type { Log } from '../lib/log.ts';
import type { GraphClient } from '../lib/meta/graph-client.ts';
import type { Database } from '../lib/postgres/database.ts';
import type { People } from '../lib/postgres/people.ts';
import { readContact, writeContact } from '../lib/postgres/request-contact.ts';
import { inTransaction } from '../lib/postgres/transaction.ts';
import type { OwnWords } from './own-words.ts';

/** Tells the person in their chat that their data is gone. */
export type TellPerson = (request: { requestId: string }) => Promise<void>;

export interface TellPersonDeps {
  db: Database;
  people: People;
  graph: Pick<GraphClient, 'sendText'>;
  words: Pick<OwnWords, 'speaker' | 'languages'>;
  log: Log;
}

/**
 * One try for each chat, in the order in which they were confirmed. The address is dropped before the message is sent, so
 * that nobody who asked to be forgotten is written to twice; the status page says the same for as long as they like.
 */
export function createTellPerson({ db, people, graph, words, log }: TellPersonDeps): TellPerson {
  return async ({ requestId }) => {
    for (;;) {
      const chat = await inTransaction(db, async (trx) => {
        const contact = await readContact(trx, people, requestId);
        const [next, ...rest] = contact?.chats ?? [];
        if (contact === null || next === undefined) return null;
        await writeContact(trx, people, requestId, { ...contact, chats: rest });
        return next;
      });
      if (chat === null) return;
      const text = REQUEST_MESSAGES[words.languages[0]].erased(words.speaker);
      failPoint('before telling');
      const { kind } = await graph.sendText({ ...chat, text, token: requestId });
      failPoint('after telling');
      if (kind !== 'accepted')
        log.warn(
          { event: 'person not told', outcome: kind },
          'the word that an erasure is done may not have arrived',
        );
    }
  };
}
