import { heartbeat } from '@temporalio/activity';
import type { Log } from '../lib/log.ts';
import type { Database } from '../lib/postgres/database.ts';
import { findOpenRequests, findUnheardRequests } from '../lib/postgres/requests.ts';
import type { Tombstones } from '../lib/postgres/tombstones.ts';
import type { PrivacyRequests } from '../lib/temporal/privacy-requests.ts';

export interface ReconcileRequestActivities {
  /**
   * Starts the workflow of every open request that has none, on its original clock; returns how many. Tells those that
   * were confirmed or taken back, in case the telling was lost.
   */
  restartLostRequests(): Promise<number>;
  /** Removes tombstones that have stood for eight days, with their keys; returns how many. */
  clearTombstones(): Promise<number>;
}

const BATCH = 10_000;

/** Whoever cancels or terminates a request in Temporal's UI, or a start that was lost, breaks no promise by it. */
export function createReconcileRequests(deps: {
  db: Database;
  requests: PrivacyRequests;
  tombstones: Tombstones;
  log: Log;
}): ReconcileRequestActivities {
  const { db, requests, tombstones, log } = deps;
  return {
    restartLostRequests: async () => {
      let restarted = 0;
      for (const request of await findOpenRequests(db, BATCH)) {
        heartbeat();
        if (await requests.isRunning(request.requestId)) continue;
        await requests.start(request);
        restarted += 1;
      }
      for (const { requestId, news } of await findUnheardRequests(db, BATCH)) {
        heartbeat();
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
