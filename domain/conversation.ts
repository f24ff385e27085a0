/** What starts and wakes a conversation, for code that must not load workflow code. */
export const CONVERSATIONS_TASK_QUEUE = 'conversations';
export const CONVERSATION_TYPE = 'conversation';
export const WOKEN_SIGNAL = 'woken';
/** Meta has shown what became of a send that was in doubt. Sent only to a conversation that waits for it. */
export const EVIDENCE_SIGNAL = 'evidence';
/** A reply that waits for its account may try again. */
export const RESUMED_SIGNAL = 'resumed';

/**
 * How much longer than the turn's deadline Temporal waits for its activity, so that the activity itself can say why no
 * answer came, even when it is slow to do so. In milliseconds.
 */
export const TURN_SLACK_MS = 10_000;

/** Everything a conversation is told: a random id of ours, counts and durations in milliseconds. */
export interface ConversationInput {
  subjectId: string;
  sessionIdleMs: number;
  turnDeadlineMs: number;
  /** Turns of this session that earlier runs of the chain have taken. */
  turnsTaken: number;
}

/** One conversation per subject: the same id finds the running one. */
export function conversationId(subjectId: string): string {
  return `conversation/${subjectId}`;
}
