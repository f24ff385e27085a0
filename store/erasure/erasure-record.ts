import { sql } from 'kysely';
import type { Fence } from '../../domain/erasure.ts';
import type { Database, InTransaction } from '../database.ts';

/** What an earlier run of this erasure found; null when there was none. */
export async function readFound(trx: InTransaction, subjectId: string): Promise<Fence | null> {
  const row = await trx
    .selectFrom('mayfly.erasures')
    .select('found')
    .where('subject_id', '=', subjectId)
    .executeTakeFirst();
  return (row?.found as Fence | undefined) ?? null;
}

/** Keeps what was found, in the transaction that counts it, so that no run that comes later certifies less. */
export async function keepFound(
  trx: InTransaction,
  subjectId: string,
  found: Fence,
): Promise<void> {
  const values = { subject_id: subjectId, found: JSON.stringify(found) };
  await trx
    .insertInto('mayfly.erasures')
    .values(values)
    .onConflict((conflict) => conflict.column('subject_id').doUpdateSet({ found: values.found }))
    .execute();
}

/** Drops what was found once every request that it answers keeps its own proof. */
export async function dropFoundOnceProven(trx: InTransaction, subjectId: string): Promise<void> {
  await sql`DELETE FROM mayfly.erasures e
    WHERE e.subject_id = ${subjectId} AND NOT ${isAwaited}`.execute(trx);
}

/** Drops what was found of people who are gone and whom no request waits for; returns how many. */
export async function dropFoundOfNobody(db: Database | InTransaction): Promise<number> {
  const { numAffectedRows } = await sql`DELETE FROM mayfly.erasures e
    WHERE NOT EXISTS (SELECT FROM mayfly.subjects s WHERE s.id = e.subject_id) AND NOT ${isAwaited}`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0);
}

const isAwaited = sql<boolean>`EXISTS (
  SELECT FROM mayfly.request_subjects r WHERE r.subject_id = e.subject_id AND r.proof IS NULL
)`;
