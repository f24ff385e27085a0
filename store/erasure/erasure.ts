import { sql } from 'kysely';
import type { Fence, StoreCount } from '../../domain/erasure.ts';
import { TABLES } from '../../domain/inventory.ts';
import type { TableRule } from '../../domain/inventory.ts';
import { lockBucketAlone } from '../keys/bucket-locks.ts';
import type { Database, InTransaction } from '../database.ts';
import { keepFound, readFound } from './erasure-record.ts';
import type { Tombstones } from './tombstones.ts';
import { vendorUses } from '../people/vendor-uses.ts';

/** Rows deleted by one statement at most, so that a large history never holds its locks for long. */
const BATCH = 5_000;

/**
 * The records of the erasing itself, which name whom it is about until it is proven and answered: whom a request was
 * proven for, and what was found. Both go after the rescan.
 */
const RECORDS = ['request_subjects', 'erasures'];

/** Tables that hold something of a person, in the order in which it must go, with the column that says whose it is. */
export const PERSONAL_TABLES = Object.entries<TableRule<Record<string, unknown>>>(TABLES).flatMap(
  ([table, { eraser }]) =>
    eraser.by === 'subject column' ? [{ table, column: eraser.column }] : [],
);

/**
 * From here on nothing new of this person is processed, sent or stored, and a webhook from before is dropped. Null when
 * we hold nothing and never began to erase it: already absent is success. The buckets are kept with the row, because a
 * later message may take the identifiers along to a new person before this is asked again. `erasedAt` is the time after
 * which a message is a new person's: now, unless the erasure was asked for at a certain time.
 *
 * What is counted is kept apart from the person. Once something was destroyed nothing is counted any more: a later
 * call, after a crash or in place of a run that was stopped, gets what was found before.
 */
export async function fenceSubject(
  trx: InTransaction,
  tombstones: Tombstones,
  subjectId: string,
  erasedAt?: Date,
): Promise<Fence | null> {
  // A transaction that is storing something for this person has committed before the fence comes up, and every later
  // one finds the fence: so nothing is added to what is counted here.
  for (const bucket of await bucketsToLock(trx, subjectId)) await lockBucketAlone(trx, bucket);
  const subject = await trx
    .selectFrom('mayfly.subjects')
    .select(['erasing_buckets', 'destroying_at'])
    .where('id', '=', subjectId)
    .forUpdate()
    .executeTakeFirst();
  const before = await readFound(trx, subjectId);
  if (subject === undefined || (before !== null && subject.destroying_at !== null)) return before;
  const buckets = subject.erasing_buckets ?? (await bucketsOf(trx, subjectId));
  let guardUntilMs = before?.guardUntilMs ?? null;
  if (subject.erasing_buckets === null) {
    const guard = await tombstones.bury(trx, subjectId, erasedAt ?? (await timeOf(trx)));
    guardUntilMs = guard?.getTime() ?? null;
    await trx
      .updateTable('mayfly.subjects')
      .set({
        erasing_at: sql`now()`,
        erasing_buckets: buckets,
        wake_since: null,
        wake_taken_at: null,
      })
      .where('id', '=', subjectId)
      .execute();
  }
  const found = {
    buckets,
    held: await countRows(trx, subjectId),
    ...(await vendorUses(trx, subjectId)),
    guardUntilMs,
  };
  await keepFound(trx, subjectId, found);
  return found;
}

/** Now, and not when the transaction began: it may have waited for its locks. */
async function timeOf(trx: InTransaction): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`SELECT clock_timestamp() AS now`.execute(trx);
  if (rows[0] === undefined) throw new Error('the database did not tell its time');
  return rows[0].now;
}

async function countRows(trx: InTransaction, subjectId: string): Promise<StoreCount[]> {
  const counts: StoreCount[] = [];
  for (const { table, column } of PERSONAL_TABLES) {
    const { rows } = await sql<{ count: string }>`
      SELECT count(*) FROM ${sql.table(table)} WHERE ${sql.ref(column)} = ${subjectId}`.execute(
      trx,
    );
    counts.push({ store: storeName(table), count: Number(rows[0]?.count) });
  }
  return counts;
}

async function bucketsOf(trx: InTransaction, subjectId: string): Promise<number[]> {
  const { rows } = await sql<{ bucket: number }>`
    SELECT bucket FROM (
      SELECT 1 AS turn, bucket FROM keys.subject_keys WHERE subject_id = ${subjectId}
      UNION ALL SELECT 2, bucket FROM keys.identifiers WHERE subject_id = ${subjectId}
    ) AS places ORDER BY turn, bucket`.execute(trx);
  // The key's own bucket is replaced first: from then on no copy of the person's words can be read.
  return [...new Set(rows.map(({ bucket }) => bucket))];
}

/** In the order in which a webhook takes them: the identifiers', then the key's. */
async function bucketsToLock(trx: InTransaction, subjectId: string): Promise<number[]> {
  const { rows } = await sql<{ bucket: number }>`
    SELECT bucket FROM (
      SELECT 1 AS turn, bucket FROM keys.identifiers WHERE subject_id = ${subjectId}
      UNION ALL SELECT 2, bucket FROM keys.subject_keys WHERE subject_id = ${subjectId}
    ) AS locks ORDER BY turn, bucket`.execute(trx);
  return rows.map(({ bucket }) => bucket);
}

/**
 * Deletes the person's wrapped key and the index of their identifiers. Once the old keys of the buckets are destroyed as
 * well, no copy of either means anything.
 */
export async function deleteKeys(db: Database, subjectId: string): Promise<void> {
  await db.deleteFrom('keys.identifiers').where('subject_id', '=', subjectId).execute();
  await db.deleteFrom('keys.subject_keys').where('subject_id', '=', subjectId).execute();
}

/** One store could not be emptied; its name is a fixed word of ours, and the message says nothing else. */
class StoreFailed extends Error {
  override readonly name = 'StoreFailed';

  constructor(store: string, cause: unknown) {
    super(`The store "${store}" could not be emptied; everything else waits for it.`, { cause });
  }
}

/** Deletes every row of the person from every table of the inventory, in its order. Throws `StoreFailed`. */
export async function eraseRows(
  db: Database,
  subjectId: string,
  onProgress: (store: string) => void,
): Promise<void> {
  for (const { table, column } of PERSONAL_TABLES) {
    const store = storeName(table);
    try {
      await eraseTable(db, table, column, subjectId, () => onProgress(store));
    } catch (error) {
      throw new StoreFailed(store, error);
    }
  }
}

async function eraseTable(
  db: Database,
  table: string,
  column: string,
  subjectId: string,
  onProgress: () => void,
): Promise<void> {
  for (;;) {
    onProgress();
    const name = sql.table(table);
    const result = await sql`
      DELETE FROM ${name} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM ${name} WHERE ${sql.ref(column)} = ${subjectId} LIMIT ${BATCH}
      ))`.execute(db);
    if (Number(result.numAffectedRows ?? 0) < BATCH) return;
  }
}

/**
 * Looks for the person by another route than the eraser's: not by the inventory, but in every column of every table
 * that, as the database itself says, could hold our id of them. A column that points to rows other than people's
 * cannot.
 */
export async function rescan(db: Database, subjectId: string): Promise<StoreCount[]> {
  const places = await idColumns(db);
  const counts: StoreCount[] = [];
  for (const { schema, table, column } of places) {
    const { rows } = await sql<{ count: string }>`
      SELECT count(*) FROM ${sql.table(`${schema}.${table}`)} WHERE ${sql.ref(column)} = ${subjectId}`.execute(
      db,
    );
    counts.push({
      store: `${storeName(table)} by ${storeName(column)}`,
      count: Number(rows[0]?.count),
    });
  }
  return counts;
}

/** Every column that could hold our id of a person, as the database's own catalogue has it. */
export async function idColumns(
  db: Database,
): Promise<{ schema: string; table: string; column: string }[]> {
  const { rows } = await sql<{ schema: string; table: string; column: string }>`
    SELECT n.nspname AS schema, c.relname AS table, a.attname AS column
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'uuid'::regtype
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relname <> ALL (${RECORDS})
      AND NOT EXISTS (
        SELECT FROM pg_constraint f
        WHERE f.contype = 'f' AND f.conrelid = c.oid AND a.attnum = ANY (f.conkey)
          AND f.confrelid <> 'mayfly.subjects'::regclass
      )
    ORDER BY 1, 2, 3`.execute(db);
  return rows;
}

/** A name without signs, as it stands in certificates and histories. */
function storeName(name: string): string {
  return name.slice(name.indexOf('.') + 1).replaceAll('_', ' ');
}
