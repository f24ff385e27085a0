import { createChatModel } from './chat-model.ts';
import type { ModelEndpoint } from './openai-client.ts';
import type { ReplyModel } from './reply-model.ts';
import { createResponsesModel } from './responses-model.ts';

/** The two interfaces a model is reached by: OpenAI's Responses, or Chat Completions at any compatible address. */
export const MODEL_APIS = ['responses', 'chat'] as const;
export type ModelApi = (typeof MODEL_APIS)[number];

/** The model that the settings name. */
export function createReplyModel(settings: ModelEndpoint & { api: ModelApi }): ReplyModel {
  return settings.api === 'responses' ? createResponsesModel(settings) : createChatModel(settings);
}
