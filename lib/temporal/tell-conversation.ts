import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { conversationId } from '../../domain/conversation.ts';
import type { EVIDENCE_SIGNAL, RESUMED_SIGNAL } from '../../domain/conversation.ts';
import { askWithin, NOBODY_WAITS_MS } from './ask-within.ts';

export type TellConversation = (
  subjectId: string,
  news: typeof EVIDENCE_SIGNAL | typeof RESUMED_SIGNAL,
) => Promise<void>;

/**
 * Tells a conversation that something it waits for has come. A conversation that does not run waits for nothing, and is
 * not started.
 */
export function createTellConversation(client: Client): TellConversation {
  const ask = askWithin(client, NOBODY_WAITS_MS);
  return async (subjectId, news) => {
    try {
      await ask(() => client.workflow.getHandle(conversationId(subjectId)).signal(news));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  };
}
