import { sql } from 'kysely';
import type { InTransaction } from './database.ts';

/**
 * What a person may do only a number of times a day: the column that counts it; `…_since` beside it says since when.
 */
type Counted = 'phrase_tries' | 'deletion_offers';

/** How often this person has done it since the first time of the day, this time included. Locks the person's row. */
export async function countWithinDay(
  trx: InTransaction,
  subjectId: string,
  counted: Counted,
): Promise<number> {
  const [count, since] = [sql.ref(counted), sql.ref(`${counted}_since`)];
  const { rows } = await sql<{ times: number }>`
    UPDATE mayfly.subjects AS s
    SET ${count} = CASE WHEN day.is_over THEN 1 ELSE least(s.${count} + 1, 1000) END,
        ${since} = CASE WHEN day.is_over THEN now() ELSE s.${since} END
    FROM (
      SELECT coalesce(${since} <= now() - interval '1 day', true) AS is_over
      FROM mayfly.subjects WHERE id = ${subjectId} FOR NO KEY UPDATE
    ) AS day
    WHERE s.id = ${subjectId}
    RETURNING s.${count} AS times`.execute(trx);
  if (rows[0] === undefined) throw new Error('whoever does something has a row');
  return rows[0].times;
}
