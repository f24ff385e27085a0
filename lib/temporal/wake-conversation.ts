import type { Client } from '@temporalio/client';
import {
  conversationId,
  CONVERSATION_TYPE,
  CONVERSATIONS_TASK_QUEUE,
  WOKEN_SIGNAL,
} from '../../domain/conversation.ts';
import type { ConversationInput } from '../../domain/conversation.ts';
import { failPoint } from '../fail-point.ts';
import { askWithin, NOBODY_WAITS_MS } from './ask-within.ts';

export type SessionSettings = Omit<ConversationInput, 'subjectId' | 'turnsTaken'>;
export type WakeConversation = (subjectId: string) => Promise<void>;

/**
 * A step of a conversation that a worker took and never finished, because it was killed, goes to another worker after
 * this long.
 */
const STEP_TIMEOUT = '5 seconds';

/**
 * Wakes a subject's conversation, starting a session when none runs. Waking twice does no harm:
 * the conversation looks into the database and finds what there is.
 */
export function createWakeConversation(client: Client, session: SessionSettings): WakeConversation {
  const ask = askWithin(client, NOBODY_WAITS_MS);
  return async (subjectId) => {
    const input: ConversationInput = { ...session, subjectId, turnsTaken: 0 };
    failPoint('before signal');
    await ask(() =>
      client.workflow.signalWithStart(CONVERSATION_TYPE, {
        workflowId: conversationId(subjectId),
        taskQueue: CONVERSATIONS_TASK_QUEUE,
        workflowTaskTimeout: STEP_TIMEOUT,
        args: [input],
        signal: WOKEN_SIGNAL,
        signalArgs: [],
      }),
    );
    failPoint('after signal');
  };
}
