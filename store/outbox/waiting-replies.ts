import { sql } from 'kysely';
import type { Database, InTransaction } from '../database.ts';

/** A conversation whose call was lost looks by itself after this long. */
export const LONGEST_HOLD_MS = 15 * 60_000;

export interface WaitingReply {
  replyId: string;
  subjectId: string;
  waitsFor: 'account' | 'Meta';
  /** After this many milliseconds its conversation tries by itself. */
  forMs: number;
  /** A reply that has just tried waits behind those that have not. */
  hasTried: boolean;
}

/** Records that a reply waits, so that it can be called when its account works, and that its conversation is looked after. */
export async function holdReply(trx: InTransaction, reply: WaitingReply): Promise<void> {
  const until = sql<Date>`now() + ${reply.forMs}::float8 * interval '1 millisecond'`;
  await trx
    .insertInto('mayfly.waiting_replies')
    .values({
      reply_id: reply.replyId,
      subject_id: reply.subjectId,
      waits_for: reply.waitsFor,
      waits_until: until,
    })
    .onConflict((conflict) =>
      conflict.column('reply_id').doUpdateSet({
        waits_for: reply.waitsFor,
        waits_until: until,
        ...(reply.hasTried ? { waits_since: sql<Date>`now()` } : {}),
      }),
    )
    .execute();
}

/**
 * The subjects whose replies may try now, the longest waiting first: all whose account works again, and one of each
 * account that is still paused and due for a probe. They no longer count as waiting.
 */
export async function releaseReplies(db: Database, limit: number): Promise<string[]> {
  const { rows } = await sql<{ subject_id: string }>`
    WITH placed AS (
      SELECT w.reply_id, w.waits_since, p.channel IS NULL AS works, p.probe_at <= now() AS is_due,
        row_number() OVER (PARTITION BY s.channel, s.account ORDER BY w.waits_since) AS place
      FROM mayfly.waiting_replies w
      JOIN mayfly.subjects s ON s.id = w.subject_id
      LEFT JOIN mayfly.paused_accounts p ON p.channel = s.channel AND p.account = s.account
      WHERE w.waits_for = 'account'
    ), ready AS (
      SELECT reply_id FROM placed WHERE works OR (is_due AND place = 1) ORDER BY waits_since LIMIT ${limit}
    )
    DELETE FROM mayfly.waiting_replies w USING ready WHERE w.reply_id = ready.reply_id
    RETURNING w.subject_id`.execute(db);
  return rows.map(({ subject_id }) => subject_id);
}

/** Forgets replies whose own time to try has passed: they try, or are finished. Returns whose they are. */
export async function forgetOverdueReplies(db: Database): Promise<string[]> {
  const rows = await db
    .deleteFrom('mayfly.waiting_replies')
    .where('waits_until', '<=', sql<Date>`now()`)
    .returning('subject_id')
    .execute();
  return rows.map(({ subject_id }) => subject_id);
}
