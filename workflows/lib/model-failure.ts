import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { MODEL_FAILURE } from '../../domain/model-failure.ts';

/** Whether an activity gave up because the model could not answer, rather than because no worker ran it. */
export function isModelFailure(error: unknown): boolean {
  if (error instanceof ActivityFailure) return isModelFailure(error.cause);
  // At the deadline the server reports a timeout, and what went wrong last as its cause.
  if (error instanceof TimeoutFailure) return isModelFailure(error.cause);
  return error instanceof ApplicationFailure && error.type === MODEL_FAILURE;
}

/** Whether an activity ran out of time. */
export function isTimeout(error: unknown): boolean {
  return error instanceof ActivityFailure && error.cause instanceof TimeoutFailure;
}
