import type { RetryPolicy } from '@temporalio/common';

/** Retries for as long as it takes: quickly at first, then once a minute. */
export const UNTIL_IT_WORKS: RetryPolicy = {
  initialInterval: '500 milliseconds',
  backoffCoefficient: 2,
  maximumInterval: '1 minute',
};

/**
 * A worker that died is noticed after this long, and its activity starts again elsewhere. Every activity beats by itself
 * (worker/beat.ts), so each has one of these: somebody waits meanwhile.
 */
export const HEARTBEAT_TIMEOUT = '2 seconds';

/** The same where days are promised: on a crowded machine a slow worker is not taken for a dead one. */
export const PATIENT_HEARTBEAT_TIMEOUT = '10 seconds';
