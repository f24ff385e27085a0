import { proxyActivities } from '@temporalio/workflow';
import type { SweepActivities } from '../activities/sweep-activities.ts';

const { wakeOverdue, dropAddresses, tendWaitingReplies } = proxyActivities<SweepActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { maximumAttempts: 3 },
});

/**
 * Nobody waits for an answer because a signal was lost, no address outlives the messaging window, and replies that waited
 * for their account go out once it works.
 */
export async function dispatchSweep(): Promise<SweepResult> {
  return {
    woken: await wakeOverdue(),
    addressesDropped: await dropAddresses(),
    released: await tendWaitingReplies(),
  };
}

interface SweepResult {
  woken: number;
  addressesDropped: number;
  released: number;
}
