import { proxyActivities } from '@temporalio/workflow';
import type { SweepActivities } from '../activities/sweep-activities.ts';

const { wakeOverdue, dropAddresses } = proxyActivities<SweepActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { maximumAttempts: 3 },
});

/** Nobody waits for an answer because a signal was lost, and no address outlives the messaging window. */
export async function dispatchSweep(): Promise<{ woken: number; addressesDropped: number }> {
  return { woken: await wakeOverdue(), addressesDropped: await dropAddresses() };
}
