import { sql } from 'kysely';
import { accountProblemOf, waitBefore } from '../../domain/outbox.ts';
import type { ReportedFailure } from '../../lib/meta/graph-errors.ts';
import type { Database, InTransaction } from '../database.ts';
import { LONGEST_HOLD_MS, holdReply } from './waiting-replies.ts';

interface FailedDelivery {
  id: string;
  subject_id: string;
  reply_id: string;
  attempt: number;
  maybe_sent_at: Date | null;
}

/**
 * A message that Meta took and then did not deliver, for a reason that passes, is planned once more, and its reply
 * waits. Not when something later has gone out to the person meanwhile: an old answer after a new one would only
 * confuse. Returns whether it goes again. The person's row is left alone, because a transaction that holds a delivery
 * must not wait for it.
 */
export async function sendAgainLater(
  trx: InTransaction,
  delivery: FailedDelivery,
  failure: ReportedFailure & { errorCode: number | null },
): Promise<boolean> {
  const { passes, problem, waitMs } = failure;
  if (!passes || (await hasLaterOnes(trx, delivery))) return false;
  await trx
    .updateTable('mayfly.deliveries')
    .set({
      state: 'planned',
      resends: sql`resends + 1`,
      problem,
      error_code: failure.errorCode,
      maybe_sent_at: null,
      ambiguous_at: null,
      settled_at: null,
    })
    .where('id', '=', delivery.id)
    .execute();
  const waitsForAccount = accountProblemOf(problem) !== null;
  await holdReply(trx, {
    replyId: delivery.reply_id,
    subjectId: delivery.subject_id,
    waitsFor: waitsForAccount ? 'account' : 'Meta',
    forMs: waitsForAccount ? LONGEST_HOLD_MS : waitBefore(delivery.attempt, waitMs),
    hasTried: true,
  });
  return true;
}

async function hasLaterOnes(
  trx: InTransaction,
  { id, subject_id: subjectId, maybe_sent_at: sentAt }: FailedDelivery,
): Promise<boolean> {
  const later = await trx
    .selectFrom('mayfly.deliveries')
    .select('id')
    .where('subject_id', '=', subjectId)
    .where('id', '<>', id)
    .where('maybe_sent_at', '>=', sentAt ?? new Date(0))
    .where('state', 'not in', ['planned', 'rejected', 'suppressed'])
    .limit(1)
    .executeTakeFirst();
  return later !== undefined;
}

/** The oldest reply of this person of which a part failed after Meta had taken it, and may go out once more. */
export async function findFailedAfterwards(db: Database, subjectId: string) {
  return db
    .selectFrom('mayfly.deliveries as d')
    .innerJoin('mayfly.replies as r', 'r.id', 'd.reply_id')
    .select('r.id')
    .where('d.subject_id', '=', subjectId)
    .where('d.state', '=', 'planned')
    .where('d.status', '=', 'failed')
    .orderBy('r.created_at')
    .limit(1)
    .executeTakeFirst();
}

/** The conversation of a reply that failed afterwards has gone on, or has ended: it is woken as by a message. */
export async function wakeForFailed(db: Database, subjectIds: readonly string[]): Promise<void> {
  if (subjectIds.length === 0) return;
  await sql`
    UPDATE mayfly.subjects AS s SET wake_since = coalesce(s.wake_since, failed.since)
    FROM (
      SELECT subject_id, min(created_at) AS since FROM mayfly.deliveries
      WHERE subject_id = ANY (${subjectIds}::uuid[]) AND state = 'planned' AND status = 'failed'
      GROUP BY subject_id
    ) AS failed
    WHERE s.id = failed.subject_id`.execute(db);
}
