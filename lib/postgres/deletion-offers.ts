import { sql } from 'kysely';
import type { InTransaction } from './database.ts';

/** How many deletions this person has been offered since the first one of a day, with this one. */
export async function countDeletionOffer(trx: InTransaction, subjectId: string): Promise<number> {
  const { rows } = await sql<{ offers: number }>`
    UPDATE mayfly.subjects AS s
    SET deletion_offers = CASE WHEN day.is_over THEN 1 ELSE least(s.deletion_offers + 1, 1000) END,
        deletion_offers_since = CASE WHEN day.is_over THEN now() ELSE s.deletion_offers_since END
    FROM (
      SELECT coalesce(deletion_offers_since <= now() - interval '1 day', true) AS is_over
      FROM mayfly.subjects WHERE id = ${subjectId} FOR UPDATE
    ) AS day
    WHERE s.id = ${subjectId}
    RETURNING s.deletion_offers AS offers`.execute(trx);
  if (rows[0] === undefined) throw new Error('whoever asks in a chat has a row');
  return rows[0].offers;
}
