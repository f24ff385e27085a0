import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { MODEL_FAILURE, TURN_INTERRUPTED } from '../domain/model-failure.ts';
import type { ModelReply } from '../domain/model-reply.ts';
import { ModelFailure } from '../lib/llm/model-failure.ts';
import type { ModelFailureKind } from '../lib/llm/model-failure.ts';
import { turnClock } from './turn-clock.ts';
import type { TurnClock } from './turn-clock.ts';

/**
 * The most attempts of a turn that may end this way. A call that took its whole time, or brought no usable answer, will
 * hardly do better the next time and may have cost as much as an answer; for all other failures the deadline is limit
 * enough.
 */
const MOST_ATTEMPTS: Partial<Record<ModelFailureKind, number>> = {
  'too slow': 3,
  'invalid answer': 2,
};

/** The first wait of the workflow's retry policy; each further one is twice as long. */
const FIRST_RETRY_MS = 250;

/**
 * Asks the model until the turn's deadline and no longer. Its failure ends the attempt, and Temporal tries again, unless
 * nothing would come of it; a turn whose time has passed before the model was asked is not the model's failure.
 */
export async function askInTime(
  ask: (signal: AbortSignal) => Promise<ModelReply>,
  signal: AbortSignal,
): Promise<ModelReply> {
  const clock = turnClock();
  if (!clock.hasTimeToAsk())
    throw ApplicationFailure.nonRetryable(
      'The time for this turn passed before the model could be asked.',
      TURN_INTERRUPTED,
    );
  const deadline = AbortSignal.timeout(Math.ceil(clock.leftMs()));
  try {
    return await ask(AbortSignal.any([signal, deadline]));
  } catch (error) {
    if (!(error instanceof ModelFailure)) throw error;
    const isOver = deadline.aborted && !signal.aborted;
    throw isOver ? new ModelFailure('too slow') : error;
  }
}

/**
 * The activity's failure for this failure of the model. Only Temporal retries; when the provider names a waiting time,
 * after it.
 */
export function modelFailed({ kind, status, requestId, retryable, retryAfterMs }: ModelFailure) {
  const { attempt } = activityInfo();
  return ApplicationFailure.create({
    type: MODEL_FAILURE,
    message: `The model did not answer (${kind}) in attempt ${attempt}.`,
    nonRetryable: !retryable || !isWorthATry(kind, attempt, retryAfterMs, turnClock()),
    details: [{ kind, status, providerRequestId: requestId }],
    ...(retryAfterMs === null ? {} : { nextRetryDelay: retryAfterMs }),
  });
}

function isWorthATry(
  kind: ModelFailureKind,
  attempt: number,
  retryAfterMs: number | null,
  clock: TurnClock,
): boolean {
  const nextMs = retryAfterMs ?? FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 5);
  return attempt < (MOST_ATTEMPTS[kind] ?? Infinity) && clock.hasTimeToAsk(nextMs);
}
