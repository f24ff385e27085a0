/** What starts and wakes a conversation, for those who must not load workflow code. */
export const CONVERSATIONS_TASK_QUEUE = 'conversations';
export const CONVERSATION_TYPE = 'conversation';
export const WOKEN_SIGNAL = 'woken';

/** Everything a conversation is told: a random id of ours, counts and durations in milliseconds. */
export interface ConversationInput {
  subjectId: string;
  sessionIdleMs: number;
  turnDeadlineMs: number;
  /** Turns of this session that earlier runs of the chain have taken. */
  turnsTaken: number;
  /** Continue as new after so many turns of one run; null leaves it to the server's advice. */
  turnsPerRun: number | null;
}

/** One conversation per subject: the same id finds the running one. */
export function conversationId(subjectId: string): string {
  return `conversation/${subjectId}`;
}
