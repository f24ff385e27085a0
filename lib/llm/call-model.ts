import { modelReply } from '../../domain/model-reply.ts';
import type { ModelReply } from '../../domain/model-reply.ts';
import { failureOf } from './failure-of.ts';
import { ModelFailure } from './model-failure.ts';

/** What a driver finds in the provider's answer: the text the model wrote, or why there is none. */
export type AnswerText =
  | { text: string }
  | { failure: 'rate limited' | 'unavailable' | 'invalid answer' };

/** One call as a driver makes it: how to send it, and how to read the answer's JSON. */
export interface ModelCall {
  send(signal: AbortSignal): { asResponse(): Promise<Response> };
  read(answer: unknown): AnswerText;
}

/**
 * Makes one call, bounded by `timeoutMs` until the last byte of the answer, and reads the reply.
 * Throws ModelFailure and nothing else.
 */
export async function callModel(
  call: ModelCall,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<ModelReply> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const { response, body } = await exchange(call, either).catch((error: unknown) => {
    throw failureOf(error, signal);
  });
  const facts = { status: response.status, requestId: response.headers.get('x-request-id') };
  const answer = call.read(parsedJson(body));
  if ('failure' in answer) throw new ModelFailure(answer.failure, facts);
  const reply = modelReply.safeParse(parsedJson(answer.text));
  if (!reply.success) throw new ModelFailure('invalid answer', facts);
  return reply.data;
}

async function exchange(call: ModelCall, signal: AbortSignal) {
  signal.throwIfAborted();
  const response = await call.send(signal).asResponse();
  return { response, body: await response.text() };
}

/** Undefined when it is not JSON, which no schema accepts. The parser's error quotes the text, so it is not kept. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
