import { sql } from 'kysely';
import type { InTransaction } from '../database.ts';
import { NEVER_ANSWERED } from './inbox.ts';

/** Why nobody has answered: they wrote while a human had the conversation, or Meta refused the answer for good. */
export type SilenceReason = 'written in a pause' | 'answer rejected';

/** A rejection older than this is no news, however long no sweep has run. */
const NEWS_HOURS = 24;

/**
 * People who wait in silence and were not reported within `pauseMs`; they count as reported once this commits. A
 * message that a turn has yet to look at is left to that turn first: it may be a command, which is answered.
 */
export async function claimSilentPeople(
  trx: InTransaction,
  { pauseMs, limit }: { pauseMs: number; limit: number },
): Promise<{ subjectId: string; reason: SilenceReason }[]> {
  const { rows } = await sql<{ id: string; reason: SilenceReason }>`
    WITH silent AS (
      SELECT s.id, 'written in a pause' AS reason, s.silence_told_at, s.wake_since
      FROM mayfly.subjects s
      WHERE s.human_until > now() AND s.wake_since IS NULL AND EXISTS (
        SELECT FROM mayfly.messages m
        WHERE m.subject_id = s.id AND m.reply_id IS NULL AND m.kind <> ALL (${NEVER_ANSWERED}::text[])
          AND (s.silence_told_at IS NULL OR m.received_at > s.silence_told_at)
      )
      UNION ALL
      SELECT s.id, 'answer rejected', s.silence_told_at, s.wake_since
      FROM mayfly.deliveries d JOIN mayfly.subjects s ON s.id = d.subject_id
      WHERE d.state = 'rejected' AND d.settled_at > now() - ${NEWS_HOURS}::int * interval '1 hour'
        AND (s.silence_told_at IS NULL OR d.settled_at > s.silence_told_at)
    ), untold AS (
      SELECT s.id, max(silent.reason) AS reason
      FROM silent JOIN mayfly.subjects s ON s.id = silent.id
      WHERE s.erasing_at IS NULL AND s.restricted_at IS NULL AND s.objected_at IS NULL AND s.opted_out_at IS NULL
        AND (s.silence_told_at IS NULL OR s.silence_told_at < now() - ${pauseMs}::float8 * interval '1 millisecond')
      GROUP BY s.id
      LIMIT ${limit}
    )
    UPDATE mayfly.subjects AS s SET silence_told_at = now() FROM untold WHERE s.id = untold.id
    RETURNING s.id, untold.reason`.execute(trx);
  return rows.map(({ id, reason }) => ({ subjectId: id, reason }));
}
