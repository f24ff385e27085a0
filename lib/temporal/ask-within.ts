import type { Client } from '@temporalio/client';

/**
 * What a person may be kept waiting by Temporal. What they asked for is committed by then; the reconcile schedule starts
 * or tells what was not heard.
 */
export const PERSON_WAITS_MS = 2_000;

/** The same where nobody waits: a slow server must not be taken for a frozen one. */
export const NOBODY_WAITS_MS = 10_000;

/** Asks Temporal, and throws once the time is over: a server that accepts and never answers is one that is away. */
export function askWithin(
  client: Client,
  answerWithinMs: number,
): <Answer>(ask: () => Promise<Answer>) => Promise<Answer> {
  return (ask) => client.withDeadline(Date.now() + answerWithinMs, ask);
}
