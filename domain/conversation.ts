/** What starts and wakes a conversation, for those who must not load workflow code. */
export const CONVERSATIONS_TASK_QUEUE = 'conversations';
export const CONVERSATION_TYPE = 'conversation';
export const WOKEN_SIGNAL = 'woken';
/** Meta has shown what became of a send of which that was not known. Sent only to a conversation that waits for it. */
export const EVIDENCE_SIGNAL = 'evidence';
/** A reply that waits for its account may try again. */
export const RESUMED_SIGNAL = 'resumed';

/**
 * How much longer than the turn's deadline Temporal waits for its activity, so that this can say itself why no answer came,
 * also when it is slow to say so. In milliseconds.
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
