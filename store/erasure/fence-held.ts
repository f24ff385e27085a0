import { sql } from 'kysely';
import type { Database } from '../database.ts';
import { fenceSubject } from './erasure.ts';
import { isHeld } from './holds.ts';
import type { Tombstones } from './tombstones.ts';
import { inTransaction } from '../transaction.ts';

/**
 * Fences off people for whom a request was proven and whom a legal hold keeps: they are no longer processed, and not
 * erased yet.
 */
export async function fenceHeld(
  db: Database,
  tombstones: Tombstones,
  requestId: string,
): Promise<void> {
  const { rows } = await sql<{ subject_id: string }>`
    SELECT r.subject_id FROM mayfly.request_subjects r JOIN mayfly.subjects s ON s.id = r.subject_id
    WHERE r.request_id = ${requestId} AND s.erasing_at IS NULL AND ${isHeld(sql.ref('s.id'))}
    ORDER BY r.subject_id`.execute(db);
  for (const { subject_id: subjectId } of rows)
    await inTransaction(db, (trx) => fenceSubject(trx, tombstones, subjectId));
}
