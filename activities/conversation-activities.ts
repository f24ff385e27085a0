import type { SendProblem } from '../domain/outbox.ts';
import type { Silence } from '../domain/standing.ts';

/** One turn of a session: random ids of ours and a count. */
export interface TurnRequest {
  subjectId: string;
  sessionId: string;
  turn: number;
}

/**
 * `more`: messages wait that the draft does not answer. `sent`: what became of the draft, where the same attempt has
 * gone on to send it.
 */
export type WriteResult =
  | { outcome: 'draft'; replyId: string; more: boolean; sent?: DeliverResult }
  | { outcome: 'nothing to answer' };

/** One reply to one person: random ids of ours. */
export interface ReplyReference {
  subjectId: string;
  replyId: string;
}

/**
 * What became of a reply, or what it has to wait for: `ambiguous` for evidence, `account paused` for an account that
 * cannot send, `try again` for Meta. None of these three is final.
 */
export type DeliverResult =
  | { outcome: 'sent' }
  | { outcome: 'superseded' }
  | { outcome: 'suppressed'; reason: Silence | 'window closed' }
  | { outcome: 'rejected'; reason: SendProblem }
  | { outcome: 'ambiguous' | 'account paused' | 'try again'; afterMs: number };

/**
 * A reply with a part that may or may not have been sent, and how often the thread did not show that part; 0 unless
 * given.
 */
export interface DoubtfulReply extends ReplyReference {
  looks?: number;
}

/**
 * `resend` and `needs human` are decisions; after everything but `look again`, delivery can go on. `looks` is handed to
 * the next look; results from before it was counted lack it.
 */
export type ReconcileResult =
  | { outcome: 'settled' | 'resend' | 'needs human' }
  | { outcome: 'look again'; afterMs: number; looks?: number };

/** What a conversation may do to the world. Arguments and results carry ids, fixed words and counts only. */
export interface ConversationActivities {
  writeReply(turn: TurnRequest): Promise<WriteResult>;
  writeFallback(turn: TurnRequest): Promise<WriteResult>;
  deliver(reply: ReplyReference): Promise<DeliverResult>;
  reconcile(reply: DoubtfulReply): Promise<ReconcileResult>;
}
