import type { DeliverResult } from './deliver.ts';

/** One turn of a session: random ids of ours and a count. */
export interface TurnRequest {
  subjectId: string;
  sessionId: string;
  turn: number;
}

/** `more` says that messages wait which the draft does not answer. */
export type WriteResult =
  | { outcome: 'draft'; replyId: string; more: boolean }
  | { outcome: 'nothing to answer' };

/** What a conversation may do to the world. Arguments and results carry ids, fixed words and counts only. */
export interface ConversationActivities {
  writeReply(turn: TurnRequest): Promise<WriteResult>;
  writeFallback(turn: TurnRequest): Promise<WriteResult>;
  deliver(reply: { subjectId: string; replyId: string }): Promise<DeliverResult>;
}
