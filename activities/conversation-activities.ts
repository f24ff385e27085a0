import type { DeliverResult } from './deliver.ts';
import type { ReconcileResult } from './reconcile.ts';

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

/** One reply to one person: random ids of ours. */
export interface ReplyReference {
  subjectId: string;
  replyId: string;
}

/** What a conversation may do to the world. Arguments and results carry ids, fixed words and counts only. */
export interface ConversationActivities {
  writeReply(turn: TurnRequest): Promise<WriteResult>;
  writeFallback(turn: TurnRequest): Promise<WriteResult>;
  deliver(reply: ReplyReference): Promise<DeliverResult>;
  reconcile(reply: ReplyReference): Promise<ReconcileResult>;
}
