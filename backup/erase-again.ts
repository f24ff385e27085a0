import { sql } from 'kysely';
import type { FileKeyRing } from '../lib/crypto/file-key-ring.ts';
import { BUCKETS } from '../lib/crypto/key-ring.ts';
import type { KeyRing } from '../lib/crypto/key-ring.ts';
import { tryLockBucketsAlone } from '../store/keys/bucket-locks.ts';
import type { Database, InTransaction } from '../store/database.ts';
import { rewrapLeftBuckets } from '../store/keys/departures.ts';
import { eraseTaken } from '../store/erasure/erase-taken.ts';
import { idColumns, PERSONAL_TABLES } from '../store/erasure/erasure.ts';
import { clearLeftovers } from '../store/erasure/purge.ts';
import { rewrapBucket } from '../store/keys/rewrap-bucket.ts';
import { inTransaction } from '../store/transaction.ts';
import { tryEveryKey } from './closed-keys.ts';

const EVERY_BUCKET = Array.from({ length: BUCKETS }, (_, bucket) => bucket);

/**
 * Erases again everybody who was erased since the backup: those on the list, and those who no longer have a key. Their
 * number is kept with the restore. It can be repeated, and goes on where it was killed.
 */
export async function eraseAgain(
  db: Database,
  ring: FileKeyRing,
  {
    restoreId,
    erased,
    report,
  }: { restoreId: string; erased: readonly string[]; report: (line: string) => void },
): Promise<void> {
  await inTransaction(db, (trx) => take(trx, restoreId, erased));
  report('keys: destroying those of people who were erased since');
  await rewrapLeftBuckets(db, ring, () => Promise.resolve());
  await destroyOldVersions(db, ring);
  let people = 0;
  await eraseTaken(db, restoreId, (more) => {
    people += more;
    if (more > 0) report(`data: ${people} people erased again`);
  });
  await clearLeftovers(db, EVERY_BUCKET);
  await clearStrayKeys(db);
  await rewrapLeftBuckets(db, ring, () => Promise.resolve());
}

/** Buckets got a new key by the restore: once nothing lies under the old ones, they go. */
async function destroyOldVersions(db: Database, ring: FileKeyRing): Promise<void> {
  const doubled = EVERY_BUCKET.filter((bucket) => ring.bucketKeys(bucket).length > 1);
  const isBehind = await oldVersionsInUse(db, ring);
  for (const bucket of doubled.filter(isBehind)) await rewrapBucket(db, ring, bucket);
  await inTransaction(db, async (trx) => {
    const locked = await tryLockBucketsAlone(
      trx,
      doubled.filter((bucket) => !isBehind(bucket)),
    );
    const isBehindNow = await oldVersionsInUse(trx, ring);
    ring.destroyOldVersionsOf(locked.filter((bucket) => !isBehindNow(bucket)));
  });
}

/** For a bucket, whether a row still lies under a key older than its newest. */
async function oldVersionsInUse(
  db: Database | InTransaction,
  ring: FileKeyRing,
): Promise<(bucket: number) => boolean> {
  const { rows } = await sql<{ bucket: number; version: string }>`
    SELECT bucket, bucket_version AS version FROM keys.subject_keys
    UNION SELECT bucket, bucket_version FROM keys.identifiers`.execute(db);
  const behind = new Set(
    rows
      .filter(({ bucket, version }) => BigInt(version) !== ring.bucketKeys(bucket)[0].version)
      .map(({ bucket }) => bucket),
  );
  return (bucket) => behind.has(bucket);
}

async function take(
  trx: InTransaction,
  restoreId: string,
  erased: readonly string[],
): Promise<void> {
  for (const table of ['keys.identifiers', 'keys.subject_keys'])
    await sql`DELETE FROM ${sql.table(table)} WHERE subject_id = ANY(${erased}::uuid[])`.execute(
      trx,
    );
  const taken = await sql`UPDATE mayfly.subjects AS s
    SET erasing_at = coalesce(erasing_at, now()), purge_id = ${restoreId}, wake_since = NULL, wake_taken_at = NULL
    WHERE purge_id IS DISTINCT FROM ${restoreId}
      AND NOT EXISTS (SELECT FROM keys.subject_keys k WHERE k.subject_id = s.id)`.execute(trx);
  await trx
    .updateTable('mayfly.restores')
    .set((eb) => ({
      people_erased_again: eb('people_erased_again', '+', Number(taken.numAffectedRows ?? 0)),
    }))
    .where('id', '=', restoreId)
    .execute();
}

/** Keys of people who came after the backup, and of requests made after it: what they open is lost. */
async function clearStrayKeys(db: Database): Promise<void> {
  await sql`DELETE FROM keys.subject_keys k
    WHERE NOT EXISTS (SELECT FROM mayfly.subjects s WHERE s.id = k.subject_id)
      AND NOT EXISTS (SELECT FROM mayfly.requests r WHERE r.id = k.subject_id)`.execute(db);
}

/**
 * Looks by another route than the erasing did, in every column that could hold an id of ours: for everybody on the
 * list, and for rows of people who have no key. Throws when it finds any.
 */
export async function refuseIfBack(db: Database, erased: readonly string[]): Promise<void> {
  const found: string[] = [];
  for (const { schema, table, column } of await idColumns(db)) {
    const place = `${schema}.${table}`;
    const isOfPeople =
      PERSONAL_TABLES.some((one) => one.table === place && one.column === column) &&
      schema === 'mayfly';
    const withoutKey = isOfPeople
      ? sql`OR NOT EXISTS (SELECT FROM keys.subject_keys k WHERE k.subject_id = t.${sql.ref(column)})`
      : sql``;
    const { rows } = await sql`
      SELECT FROM ${sql.table(place)} AS t
      WHERE t.${sql.ref(column)} = ANY(${erased}::uuid[]) ${withoutKey} LIMIT 1`.execute(db);
    if (rows.length > 0) found.push(`${place}.${column}`);
  }
  if (found.length > 0)
    throw new Error(`People who were erased are still found: ${found.join(', ')}`);
}

/** Opens every key that is there; returns how many. Throws when one does not open. */
export async function openEveryKey(db: Database, ring: KeyRing): Promise<number> {
  const { open, closed } = await tryEveryKey(db, ring);
  if (closed.length === 0) return open;
  throw new Error(
    'Keys in the database do not open: the key ring is of another time than they are',
  );
}
