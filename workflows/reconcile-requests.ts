import { proxyActivities } from '@temporalio/workflow';
import type { ReconcileRequestActivities } from '../activities/reconcile-requests.ts';
import { PATIENT_HEARTBEAT_TIMEOUT } from './lib/activity-options.ts';

const { restartLostRequests, clearTombstones } = proxyActivities<ReconcileRequestActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: PATIENT_HEARTBEAT_TIMEOUT,
  retry: { maximumAttempts: 3 },
});

/** Policy D6: no request is lost, whatever happened to its workflow; and the guard against late messages does not outlive its days. */
export async function reconcileRequests(): Promise<{
  restarted: number;
  tombstonesCleared: number;
}> {
  return { restarted: await restartLostRequests(), tombstonesCleared: await clearTombstones() };
}
