import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { MODEL_FAILURE, TURN_INTERRUPTED } from '../../domain/model-failure.ts';

/** Whether an activity gave up because the model could not answer, rather than because no worker ran it. */
export function isModelFailure(error: unknown): boolean {
  if (error instanceof ActivityFailure) return isModelFailure(error.cause);
  // At the deadline the server reports a timeout, and what went wrong last as its cause.
  if (error instanceof TimeoutFailure) return isModelFailure(error.cause);
  return error instanceof ApplicationFailure && error.type === MODEL_FAILURE;
}

/** Whether a turn ran out of time before the model could be asked. */
export function isInterrupted(error: unknown): boolean {
  if (!(error instanceof ActivityFailure)) return false;
  const { cause } = error;
  return (
    cause instanceof TimeoutFailure ||
    (cause instanceof ApplicationFailure && cause.type === TURN_INTERRUPTED)
  );
}
