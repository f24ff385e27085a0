import type { ModelReply } from '../../domain/model-reply.ts';
import { failureOf } from './failure-of.ts';
import { ModelFailure } from './model-failure.ts';
import { parsedJson, readReply } from './read-reply.ts';

/** The longest answer that is read, in bytes: a reply is a few kilobytes, and thoughts may come with it. */
const LONGEST_ANSWER = 256 * 1024;

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
  const tooLate = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([signal, tooLate]);
  const { response, body } = await exchange(call, either).catch((error: unknown) => {
    if (tooLate.aborted && !signal.aborted) throw new ModelFailure('too slow');
    throw failureOf(error, signal);
  });
  const facts = { status: response.status, requestId: response.headers.get('x-request-id') };
  const answer = call.read(parsedJson(body));
  if ('failure' in answer) throw new ModelFailure(answer.failure, facts);
  const reply = readReply(answer.text);
  if (reply === null) throw new ModelFailure('invalid answer', facts);
  return reply;
}

async function exchange(call: ModelCall, signal: AbortSignal) {
  signal.throwIfAborted();
  const response = await call.send(signal).asResponse();
  return { response, body: await readBody(response) };
}

/** The whole body; empty, which is no answer, when it is longer than any may be. */
async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    // Leaving the loop cancels the rest of the body.
    if (length > LONGEST_ANSWER) return '';
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
