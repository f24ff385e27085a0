import { z } from 'zod';

import { hideCardNumbers } from './card-numbers.ts';
import { withoutThinking } from './thinking.ts';
import { showsSomething, visibleText } from './visible-text.ts';

/**
 * What the conversation does after the reply: `continue` waits for the person, `handoff` pauses the assistant for a human,
 * `end` says that nothing is left to answer.
 */
export const MODEL_ACTIONS = ['continue', 'handoff', 'end'] as const;
export type ModelAction = (typeof MODEL_ACTIONS)[number];

/** Longer than any answer to a message should be; it bounds what is stored and sent. In UTF-16 units. */
export const MAX_REPLY_LENGTH = 8000;

/**
 * A model's answer. The bounds are refinements, because strict structured output allows no length keywords in its schema:
 * they are checked here, after the model has written. Keys that nobody asked for are dropped.
 */
export const modelReply = z.object({
  reply: z
    .string()
    .overwrite((text) => hideCardNumbers(visibleText(withoutThinking(visibleText(text)))))
    .refine((text) => showsSomething(text) && text.length <= MAX_REPLY_LENGTH),
  action: z.enum(MODEL_ACTIONS),
});
export type ModelReply = z.infer<typeof modelReply>;

/** The JSON Schema sent to the model: every key required, no other allowed, as strict structured output wants it. */
export const MODEL_REPLY_JSON_SCHEMA: Record<string, unknown> = {
  type: 'object',
  properties: {
    reply: { type: 'string', description: 'The text sent to the person. Never empty.' },
    action: {
      type: 'string',
      enum: [...MODEL_ACTIONS],
      description:
        'continue: wait for the person. handoff: a human must take over. end: nothing is left to answer.',
    },
  },
  required: ['reply', 'action'],
  additionalProperties: false,
};
