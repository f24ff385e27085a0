import type { GraphClient } from '../lib/meta/graph-client.ts';
import { readAddress } from '../store/people/addresses.ts';
import type { Database } from '../store/database.ts';
import type { People } from '../store/people/people.ts';
import { inTransaction } from '../store/transaction.ts';
import { lockSubject, readProviderId } from '../store/conversation/turns.ts';

/** Shows a waiting message as read and an answer as being written. A courtesy: it never fails a turn, nor delays it. */
export type ShowReading = (subjectId: string, messageId: string) => Promise<'shown' | 'not shown'>;

export function createShowReading(deps: {
  db: Database;
  people: People;
  graph: Pick<GraphClient, 'showReading'>;
  onTrouble: (error: unknown) => void;
}): ShowReading {
  return async (subjectId, messageId) => {
    try {
      const request = await inTransaction(deps.db, async (trx) => {
        const subject = await lockSubject(trx, subjectId);
        if (subject === undefined || subject.erasing_at !== null) return null;
        const cipher = await deps.people.cipher(trx, subjectId);
        const [to, providerId] = [
          await readAddress(trx, cipher),
          await readProviderId(trx, cipher, messageId),
        ];
        if (to === null || providerId === null) return null;
        return { channel: subject.channel, account: subject.account, to, providerId };
      });
      return request === null ? 'not shown' : await deps.graph.showReading(request);
    } catch (error) {
      deps.onTrouble(error);
      return 'not shown';
    }
  };
}
