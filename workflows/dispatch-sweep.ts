import { proxyActivities } from '@temporalio/workflow';
import type { SweepActivities } from '../activities/sweep-activities.ts';
import { HEARTBEAT_TIMEOUT } from './lib/activity-options.ts';

const { wakeOverdue, dropAddresses, tendWaitingReplies, tellOfSilence } =
  proxyActivities<SweepActivities>({
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    retry: { maximumAttempts: 3 },
  });

/**
 * Nobody waits for an answer because a signal was lost, no address outlives the messaging window, and replies that waited
 * for their account go out once it works. Staff are told of people who wait in silence.
 */
export async function dispatchSweep(): Promise<SweepResult> {
  return {
    woken: await wakeOverdue(),
    addressesDropped: await dropAddresses(),
    released: await tendWaitingReplies(),
    silent: await tellOfSilence(),
  };
}

interface SweepResult {
  woken: number;
  addressesDropped: number;
  released: number;
  silent: number;
}
