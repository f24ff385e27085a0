import { z } from 'zod';

import { MODEL_REPLY_JSON_SCHEMA } from '../../domain/model-reply.ts';
import { callModel } from './call-model.ts';
import type { AnswerText } from './call-model.ts';
import { createOpenAiClient } from './openai-client.ts';
import type { ModelEndpoint } from './openai-client.ts';
import { chatMessages } from './reply-model.ts';
import type { ReplyModel } from './reply-model.ts';

/** The part of a response object that is read; see OpenAI's API reference, "The response object". */
const response = z.object({
  status: z.string(),
  error: z.object({ code: z.string().nullish() }).nullish(),
  output: z.array(
    z.object({
      type: z.string(),
      content: z.array(z.object({ type: z.string(), text: z.string().optional() })).nullish(),
    }),
  ),
});

/**
 * OpenAI's Responses interface. `store: false` because that interface keeps every response otherwise; the body has no
 * user, metadata, safety identifier or cache key, so that nothing ties two calls to one person.
 */
export function createResponsesModel(endpoint: ModelEndpoint): ReplyModel {
  const client = createOpenAiClient(endpoint);
  return {
    writeReply: ({ instructions, turns }, signal) =>
      callModel(
        {
          send: (either) =>
            client.responses.create(
              {
                model: endpoint.model,
                instructions,
                input: chatMessages(turns),
                text: {
                  format: {
                    type: 'json_schema',
                    name: 'reply',
                    strict: true,
                    schema: MODEL_REPLY_JSON_SCHEMA,
                  },
                },
                store: false,
              },
              { signal: either },
            ),
          read: readResponse,
        },
        { timeoutMs: endpoint.timeoutMs, signal },
      ),
  };
}

function readResponse(answer: unknown): AnswerText {
  const { data } = response.safeParse(answer);
  // A response can fail after its headers said 200.
  if (data?.status === 'failed') {
    const limited = data.error?.code === 'rate_limit_exceeded';
    return { failure: limited ? 'rate limited' : 'unavailable' };
  }
  if (data?.status !== 'completed') return { failure: 'invalid answer' };
  const contents = data.output.flatMap(({ type, content }) =>
    type === 'message' ? (content ?? []) : [],
  );
  if (contents.some(({ type }) => type === 'refusal')) return { failure: 'invalid answer' };
  return {
    text: contents.map(({ type, text }) => (type === 'output_text' ? (text ?? '') : '')).join(''),
  };
}
