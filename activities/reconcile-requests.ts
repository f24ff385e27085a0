import type { Log } from '../lib/log.ts';
import type { Database } from '../store/database.ts';
import { endExpiredHolds } from '../store/erasure/holds.ts';
import { appendLedger } from '../store/ledger/ledger.ts';
import { forgetEndedLimits } from '../store/limits.ts';
import { findOpenRequests, findUnheardRequests, isOpen } from '../store/requests/requests.ts';
import { inTransaction } from '../store/transaction.ts';
import type { Tombstones } from '../store/erasure/tombstones.ts';
import type { PrivacyRequests } from '../lib/temporal/privacy-requests.ts';

export interface ReconcileRequestActivities {
  /**
   * Starts the workflow of every open request that has none, on its original clock; returns how many. Tells those that
   * were confirmed, decided or taken back, in case the telling was lost, and those whose hold has expired.
   */
  restartLostRequests(): Promise<number>;
  /** Removes tombstones that have stood for eight days, with their keys; returns how many. */
  clearTombstones(): Promise<number>;
}

const BATCH = 10_000;

/**
 * No promise is broken by an operator who cancels or terminates a request in Temporal's UI, nor by a start that was
 * lost.
 */
export function createReconcileRequests(deps: {
  db: Database;
  requests: PrivacyRequests;
  tombstones: Tombstones;
  log: Log;
}): ReconcileRequestActivities {
  const { db, requests, tombstones, log } = deps;
  return {
    restartLostRequests: async () => {
      await inTransaction(db, endExpiredHolds);
      await forgetEndedLimits(db);
      let restarted = 0;
      for (const request of await findOpenRequests(db, BATCH)) {
        if (await requests.isRunning(request.requestId)) continue;
        // It may have come to its end since it was looked up; the row is closed before the workflow is.
        if (!(await isOpen(db, request.requestId))) continue;
        // Before the start: an entry too many shows, a restart without an entry would not.
        await inTransaction(db, (trx) =>
          appendLedger(trx, {
            actorRole: 'system',
            action: 'request restarted',
            requestId: request.requestId,
            details: {},
          }),
        );
        await requests.start(request);
        restarted += 1;
      }
      for (const { requestId, news } of await findUnheardRequests(db, BATCH)) {
        await requests.tell(requestId, news);
      }
      if (restarted > 0)
        log.warn(
          { count: restarted, event: 'requests restarted' },
          'privacy requests had no workflow and were started again',
        );
      return restarted;
    },
    clearTombstones: () => tombstones.clear(db, new Date()),
  };
}
