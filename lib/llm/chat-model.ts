import { z } from 'zod';

import { MODEL_REPLY_JSON_SCHEMA } from '../../domain/model-reply.ts';
import { callModel } from './call-model.ts';
import type { AnswerText } from './call-model.ts';
import { ModelFailure } from './model-failure.ts';
import { createOpenAiClient } from './openai-client.ts';
import type { ModelEndpoint } from './openai-client.ts';
import { chatMessages } from './reply-model.ts';
import type { ReplyModel } from './reply-model.ts';

/** Most servers give one text; some give a list of parts, where thoughts and pictures do not count as text. */
const content = z
  .union([
    z.string(),
    z.array(
      z.union([
        z.string(),
        z
          .object({ type: z.enum(['text', 'output_text']).optional(), text: z.string() })
          .transform(({ text }) => text),
        z.unknown().transform(() => ''),
      ]),
    ),
  ])
  .transform((parts) => (typeof parts === 'string' ? parts : parts.join('')));

/** The part of a chat completion that is read; see OpenAI's API reference, "The chat completion object". */
const completion = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: content.nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
});

/**
 * The Chat Completions interface, which many servers speak.
 *
 * `store: false` goes along. Some servers know no such field, keep nothing and refuse the whole request because of it:
 * there, and only before the field was ever accepted, a refused request is sent once more without it, and from then on
 * none has it. Never at OpenAI and Azure, where leaving it out could mean that the text is kept.
 */
export function createChatModel(endpoint: ModelEndpoint): ReplyModel {
  const client = createOpenAiClient(endpoint);
  let store: 'sent' | 'accepted' | 'left out' = mayKeep(endpoint.baseUrl) ? 'accepted' : 'sent';

  const call: (withStore: boolean) => ReplyModel['writeReply'] =
    (withStore) =>
    ({ instructions, turns }, signal) =>
      callModel(
        {
          send: (either) =>
            client.chat.completions.create(
              {
                model: endpoint.model,
                messages: [{ role: 'system', content: instructions }, ...chatMessages(turns)],
                response_format: {
                  type: 'json_schema',
                  json_schema: { name: 'reply', strict: true, schema: MODEL_REPLY_JSON_SCHEMA },
                },
                ...(withStore ? { store: false } : {}),
              },
              { signal: either },
            ),
          read: readCompletion,
        },
        { timeoutMs: endpoint.timeoutMs, signal },
      );

  return {
    async writeReply(request, signal) {
      if (store === 'left out') return call(false)(request, signal);
      try {
        const reply = await call(true)(request, signal);
        store = 'accepted';
        return reply;
      } catch (error) {
        if (store === 'accepted' || !isRefusedBody(error)) throw error;
      }
      const reply = await call(false)(request, signal);
      store = 'left out';
      return reply;
    },
  };
}

function isRefusedBody(error: unknown): boolean {
  return error instanceof ModelFailure && (error.status === 400 || error.status === 422);
}

/** Whether this host may keep completions unless told not to: OpenAI, and Azure in each of its clouds. */
export function mayKeep(baseUrl: string): boolean {
  return /(^|\.)(openai\.com|azure\.(com|us|cn))\.?$/.test(new URL(baseUrl).hostname);
}

/** Servers have many words for an end, some none at all; these say that it is not one, or that the text was taken away. */
const UNFINISHED = new Set([
  'length',
  'max_tokens',
  'content_filter',
  'tool_calls',
  'function_call',
]);

function readCompletion(answer: unknown): AnswerText {
  const choice = completion.safeParse(answer).data?.choices[0];
  if (!choice || UNFINISHED.has(choice.finish_reason ?? '') || choice.message.refusal)
    return { failure: 'invalid answer' };
  return { text: choice.message.content ?? '' };
}
