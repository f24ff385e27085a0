import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { conversationId } from '../../domain/conversation.ts';
import type { EVIDENCE_SIGNAL, RESUMED_SIGNAL } from '../../domain/conversation.ts';

export type TellConversation = (
  subjectId: string,
  news: typeof EVIDENCE_SIGNAL | typeof RESUMED_SIGNAL,
) => Promise<void>;

/** Tells a conversation that something it waits for has come. One that does not run waits for nothing, and is not started. */
export function createTellConversation(client: Client): TellConversation {
  return async (subjectId, news) => {
    try {
      await client.workflow.getHandle(conversationId(subjectId)).signal(news);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  };
}
