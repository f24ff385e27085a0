import { HOUR_MS, MINUTE_MS } from '../../domain/durations.ts';

/** One that is lifted early is seen after this long, also where the telling was lost. A hold may last a year. */
const LOOK_AGAIN_MS = 6 * HOUR_MS;

/** How long a legal hold is waited for until it is looked at again: by the database's clock it may end a moment later than by ours. */
export function untilHoldIsLookedAt(heldUntilMs: number): number {
  return Math.min(LOOK_AGAIN_MS, Math.max(heldUntilMs - Date.now(), MINUTE_MS));
}
