import { inspect } from 'node:util';

import { createReplyModel } from '../../../lib/llm/create-reply-model.ts';
import type { ModelApi } from '../../../lib/llm/create-reply-model.ts';
import { ModelFailure } from '../../../lib/llm/model-failure.ts';
import type { ReplyModel, ReplyRequest } from '../../../lib/llm/reply-model.ts';

/** What a person wrote, to be looked for wherever it must not be. */
export const SECRET = 'a sentence nobody else may read';

export const REQUEST: ReplyRequest = {
  instructions: 'Answer for Example Bakery.',
  turns: [
    { role: 'person', text: 'Hello' },
    { role: 'assistant', text: 'Good morning' },
    { role: 'person', text: SECRET },
  ],
};

/** A signal that nobody aborts. */
export const never = (): AbortSignal => new AbortController().signal;

/** The model under test, at a fake server. */
export function modelAt(url: string, api: ModelApi, timeoutMs = 5000): ReplyModel {
  return createReplyModel({ api, apiKey: 'key', baseUrl: url, model: 'm', timeoutMs });
}

/** The failure a call ends with; throws if it ends in any other way. */
export async function failureFrom(model: ReplyModel, signal = never()): Promise<ModelFailure> {
  const error: unknown = await model.writeReply(REQUEST, signal).catch((thrown: unknown) => thrown);
  if (!(error instanceof ModelFailure)) throw new Error(`no ModelFailure: ${inspect(error)}`);
  return error;
}

/** Waits for what a server sees a moment after its client; the test's own time limit bounds it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
