import { randomBytes } from 'node:crypto';

import { z } from 'zod';

import type { Turn } from '../../lib/llm/reply-model.ts';

/** A request to a model, read from either of OpenAI's interfaces. */
export interface WireRequest {
  model: string;
  instructions: string;
  turns: Turn[];
}

/** OpenAI's two ways to ask for a reply, by the path that follows the base URL. */
export const WIRE_PATHS = { '/responses': 'responses', '/chat/completions': 'chat' } as const;
export type WireApi = (typeof WIRE_PATHS)[keyof typeof WIRE_PATHS];

const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.string(),
});

const bodies = {
  responses: z.object({
    model: z.string(),
    instructions: z.string().nullish(),
    input: z.union([z.string(), z.array(message)]),
  }),
  chat: z.object({ model: z.string(), messages: z.array(message) }),
};

/** Reads a request body; null when it is of no kind that we know. */
export function readWireRequest(api: WireApi, body: unknown): WireRequest | null {
  if (api === 'responses') {
    const { data } = bodies.responses.safeParse(body);
    if (!data) return null;
    const input =
      typeof data.input === 'string'
        ? [{ role: 'user' as const, content: data.input }]
        : data.input;
    return wireRequest(data.model, data.instructions ?? '', input);
  }
  const { data } = bodies.chat.safeParse(body);
  return data ? wireRequest(data.model, '', data.messages) : null;
}

function wireRequest(
  model: string,
  instructions: string,
  messages: readonly z.infer<typeof message>[],
): WireRequest {
  const isSystem = ({ role }: { role: string }) => role === 'system' || role === 'developer';
  const system = messages.filter(isSystem).map(({ content }) => content);
  return {
    model,
    instructions: [instructions, ...system].filter(Boolean).join('\n\n'),
    turns: messages
      .filter((one) => !isSystem(one))
      .map(({ role, content }) => ({
        role: role === 'assistant' ? 'assistant' : 'person',
        text: content,
      })),
  };
}

/** How an answer may end: with its text, with the model declining, or cut at a length limit. */
export type WireAnswer = { text: string } | { refusal: string } | { incomplete: string };

/** The body of a successful answer, in the shape the named interface gives. Token counts are not kept, so they are zero. */
export function writeWireAnswer(api: WireApi, model: string, answer: WireAnswer): object {
  const id = randomBytes(12).toString('hex');
  const seconds = Math.floor(Date.now() / 1000);
  return api === 'responses'
    ? responseObject({ id, model, seconds, answer })
    : completionObject({ id, model, seconds, answer });
}

interface Named {
  id: string;
  model: string;
  seconds: number;
  answer: WireAnswer;
}

function responseObject({ id, model, seconds, answer }: Named): object {
  const isIncomplete = 'incomplete' in answer;
  const content =
    'refusal' in answer
      ? { type: 'refusal', refusal: answer.refusal }
      : {
          type: 'output_text',
          text: 'incomplete' in answer ? answer.incomplete : answer.text,
          annotations: [],
          logprobs: [],
        };
  const status = isIncomplete ? 'incomplete' : 'completed';
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: seconds,
    status,
    error: null,
    incomplete_details: isIncomplete ? { reason: 'max_output_tokens' } : null,
    model,
    output: [{ id: `msg_${id}`, type: 'message', role: 'assistant', status, content: [content] }],
    parallel_tool_calls: true,
    tools: [],
    tool_choice: 'auto',
    store: false,
    usage: {
      input_tokens: 0,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 0,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 0,
    },
  };
}

function completionObject({ id, model, seconds, answer }: Named): object {
  const content =
    'refusal' in answer ? null : 'incomplete' in answer ? answer.incomplete : answer.text;
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: seconds,
    model,
    choices: [
      {
        index: 0,
        finish_reason: 'incomplete' in answer ? 'length' : 'stop',
        logprobs: null,
        message: {
          role: 'assistant',
          content,
          refusal: 'refusal' in answer ? answer.refusal : null,
        },
      },
    ],
    usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  };
}

/** An error body as OpenAI sends it. */
export function writeWireError(text: string, type: string, code: string | null = null): object {
  return { error: { message: text, type, param: null, code } };
}
