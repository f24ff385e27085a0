import { activityInfo } from '@temporalio/activity';
import { TURN_SLACK_MS } from '../domain/conversation.ts';

/**
 * With less time left than this, or than a quarter of a short deadline, the model is not asked: an answer could hardly
 * come.
 */
const LEAST_MS = 5_000;

export interface TurnClock {
  /** What is left until the turn's deadline, in milliseconds. */
  leftMs(): number;
  /** Whether half of the turn's time has passed. */
  isLate(): boolean;
  /** Whether a call to the model that begins in `inMs` milliseconds could still bring an answer. */
  hasTimeToAsk(inMs?: number): boolean;
}

/** The time of the running activity's turn. What Temporal allows beyond the deadline is for handing back its result. */
export function turnClock(): TurnClock {
  const { scheduledTimestampMs, scheduleToCloseTimeoutMs } = activityInfo();
  const deadlineMs = Math.max(scheduleToCloseTimeoutMs - TURN_SLACK_MS, 0);
  const leftMs = () => scheduledTimestampMs + deadlineMs - Date.now();
  return {
    leftMs,
    isLate: () => leftMs() < deadlineMs / 2,
    hasTimeToAsk: (inMs = 0) => leftMs() - inMs >= Math.min(LEAST_MS, deadlineMs / 4),
  };
}
