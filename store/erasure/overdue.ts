import { sql } from 'kysely';
import type { Database } from '../database.ts';

/** Tables of a person's history, with the column that says how old a row is. Each has an index by it. */
const HISTORY = {
  'mayfly.messages': 'sent_at',
  'mayfly.deliveries': 'created_at',
  'mayfly.replies': 'created_at',
  'mayfly.sessions': 'started_at',
} as const;
export const HISTORY_TABLES = Object.keys(HISTORY);

/** For this one query: long enough for an index that has to be read in full, short enough to be noticed. */
const TIMEOUT_MS = 300_000;

/**
 * How many people are still here although nothing they wrote is younger than `since`: the proof of the purge, which
 * must be 0 (policy R1). By another route than the purge's own: not by what the subject's row says, but by the rows
 * themselves. What was sent to a person, however new, does not keep them. Those whom a legal hold keeps, or kept until
 * after `heldSince`, are not overdue: after a hold, the purge has its usual time for them.
 */
export async function countOverdue(
  db: Database,
  { since, heldSince }: { since: Date; heldSince: Date },
): Promise<number> {
  const old = Object.entries(HISTORY).map(
    ([table, age]) =>
      sql`SELECT subject_id FROM ${sql.table(table)} WHERE ${sql.ref(age)} < ${since}`,
  );
  return db.transaction().execute(async (trx) => {
    await sql`SELECT set_config('statement_timeout', ${String(TIMEOUT_MS)}, true)`.execute(trx);
    const { rows } = await sql<{ overdue: number }>`
      WITH old AS (${sql.join(old, sql` UNION `)})
      SELECT count(*)::integer AS overdue FROM old
      WHERE NOT EXISTS (
        SELECT FROM mayfly.messages m WHERE m.subject_id = old.subject_id AND m.sent_at >= ${since}
      ) AND subject_id NOT IN (
        SELECT h.subject_id FROM mayfly.holds h
        WHERE h.confirmed_at IS NOT NULL AND least(h.expires_at, h.lifted_at) > ${heldSince}
      )`.execute(trx);
    return rows[0]?.overdue ?? 0;
  });
}
