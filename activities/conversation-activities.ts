import type { DeliverResult } from './deliver.ts';
import type { WriteResult } from './store-draft.ts';

/** One turn of a session: random ids of ours and a count. */
export interface TurnRequest {
  subjectId: string;
  sessionId: string;
  turn: number;
}

/** What a conversation may do to the world. Arguments and results carry ids, fixed words and counts only. */
export interface ConversationActivities {
  writeReply(turn: TurnRequest): Promise<WriteResult>;
  writeFallback(turn: TurnRequest): Promise<WriteResult>;
  deliver(reply: { subjectId: string; replyId: string }): Promise<DeliverResult>;
}
