import { MINUTE_MS } from '../../domain/durations.ts';

/**
 * How long a legal hold is waited for until it is looked at again: by the database's clock it may end a moment later than
 * by ours.
 */
export function untilHoldIsLookedAt(heldUntilMs: number, atMostMs: number): number {
  return Math.min(atMostMs, Math.max(heldUntilMs - Date.now(), MINUTE_MS));
}
