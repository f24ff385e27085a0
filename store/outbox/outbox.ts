import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { PAIR_PACE } from '../../domain/channels.ts';
import type { ModelAction } from '../../domain/model-reply.ts';
import type { ReplyOrigin } from '../../domain/standing.ts';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { Database, InTransaction } from '../database.ts';

export interface PlannedReply {
  id: string;
  /** Null for a human's words outside of any session of ours. */
  sessionId: string | null;
  turn: number | null;
  origin: ReplyOrigin;
  action: ModelAction;
  /** Whether it begins with the words that say an assistant writes. */
  discloses: boolean;
  /**
   * The texts to send, in order, each within the channel's limit. They are fixed here: no retry asks the model again.
   */
  parts: readonly string[];
  answers: readonly { id: string }[];
}

/** Stores a reply with its parts, planned, and marks the messages that it answers. */
export async function planReply(
  trx: InTransaction,
  cipher: SubjectCipher,
  reply: PlannedReply,
): Promise<void> {
  const subject = cipher.subjectId;
  const parts = reply.parts.map((text) => {
    const id = randomUUID();
    return { id, sealed: cipher.seal('deliveries.sealed_text', id, text) };
  });
  await sql`
    WITH reply AS (
      INSERT INTO mayfly.replies (id, subject_id, session_id, turn, origin, action, discloses)
      VALUES (${reply.id}, ${subject}, ${reply.sessionId}, ${reply.turn}, ${reply.origin}, ${reply.action}, ${reply.discloses})
    ), answered AS (
      UPDATE mayfly.messages SET reply_id = ${reply.id}, session_id = ${reply.sessionId}
      WHERE id = ANY (${reply.answers.map(({ id }) => id)}::uuid[])
    )
    INSERT INTO mayfly.deliveries (id, subject_id, reply_id, part, sealed_text)
    SELECT id, ${subject}, ${reply.id}, place - 1, sealed_text
    FROM unnest(${parts.map(({ id }) => id)}::uuid[], ${parts.map(({ sealed }) => sealed)}::bytea[])
      WITH ORDINALITY AS part (id, sealed_text, place)`.execute(trx);
}

/** The reply that this turn of the session already has, from an earlier attempt of the activity. */
export async function findReply(
  db: Database,
  { sessionId, turn }: { sessionId: string; turn: number },
) {
  return db
    .selectFrom('mayfly.replies')
    .select('id')
    .where('session_id', '=', sessionId)
    .where('turn', '=', turn)
    .executeTakeFirst();
}

/** Nothing more of this reply will be sent. */
export async function suppressPlanned(trx: InTransaction, replyId: string): Promise<void> {
  await trx
    .updateTable('mayfly.deliveries')
    .set({ state: 'suppressed', settled_at: sql`now()` })
    .where('reply_id', '=', replyId)
    .where('state', '=', 'planned')
    .execute();
}

/** A newer message overtook the reply: its messages wait again, and the next turn answers all of them. */
export async function supersede(trx: InTransaction, replyId: string): Promise<void> {
  await suppressPlanned(trx, replyId);
  await trx
    .updateTable('mayfly.replies')
    .set({ superseded_at: sql`now()` })
    .where('id', '=', replyId)
    .execute();
  await trx
    .updateTable('mayfly.messages')
    .set({ reply_id: null })
    .where('reply_id', '=', replyId)
    .execute();
}

/**
 * What the gate must know of a reply: also whether its account cannot send, and why, and how long the person must be
 * left alone because they got too many texts lately (PAIR_PACE), or because Meta was too busy for this reply, in
 * milliseconds.
 */
export async function readReply(trx: InTransaction, replyId: string) {
  return trx
    .selectFrom('mayfly.replies as r')
    .innerJoin('mayfly.subjects as s', 's.id', 'r.subject_id')
    .leftJoin('mayfly.paused_accounts as p', (join) =>
      join.onRef('p.channel', '=', 's.channel').onRef('p.account', '=', 's.account'),
    )
    .select(['r.origin', 'r.action', 'p.problem as paused_for'])
    .select(
      sql<number>`coalesce((
        SELECT extract(epoch FROM d.maybe_sent_at - now())::float8 * 1000 + ${PAIR_PACE.withinMs}::float8
        FROM mayfly.deliveries d
        WHERE d.subject_id = r.subject_id
          AND d.maybe_sent_at > now() - ${PAIR_PACE.withinMs}::float8 * interval '1 millisecond'
        ORDER BY d.maybe_sent_at DESC OFFSET ${PAIR_PACE.texts - 1} LIMIT 1
      ), 0)`.as('rest_ms'),
    )
    .select(
      sql<number>`coalesce((
        SELECT extract(epoch FROM w.waits_until - now())::float8 * 1000 FROM mayfly.waiting_replies w
        WHERE w.reply_id = r.id AND w.waits_for = 'Meta' AND EXISTS (
          SELECT FROM mayfly.deliveries d WHERE d.reply_id = r.id AND d.state = 'planned' AND d.status = 'failed'
        )
      ), 0)`.as('held_ms'),
    )
    .where('r.id', '=', replyId)
    .executeTakeFirstOrThrow();
}
