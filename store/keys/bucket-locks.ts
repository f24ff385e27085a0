import { LOCKS } from '../locks.ts';
import { sql } from 'kysely';
import type pg from 'pg';
import type { WrappedKey } from '../../lib/crypto/subject-cipher.ts';
import type { InTransaction } from '../database.ts';

/**
 * Holds off a rewrap of these buckets until the transaction ends. A transaction that reads a bucket's key or an
 * identifier block holds this lock, so that what was computed under a key is committed while the key exists.
 */
export async function lockBucketsShared(
  trx: InTransaction,
  buckets: readonly number[],
): Promise<void> {
  const ordered = [...new Set(buckets)].sort((a, b) => a - b);
  await sql`SELECT pg_advisory_xact_lock_shared(${LOCKS.bucket}, bucket) FROM unnest(${ordered}::int[]) AS bucket`.execute(
    trx,
  );
}

/** The same for one bucket, on a connection that is in a transaction of its own. */
export async function lockBucketFor(connection: pg.PoolClient, bucket: number): Promise<void> {
  await connection.query('SELECT pg_advisory_xact_lock_shared($1, $2)', [LOCKS.bucket, bucket]);
}

/** Lets only one transaction at a time change whom the identifiers of these blocks lead to, until it ends. */
export async function lockIdentifiers(
  trx: InTransaction,
  blocks: readonly Buffer[],
): Promise<void> {
  // One order for everybody, so that two transactions about the same identifiers cannot wait for each other.
  const ordered = blocks.map((block) => block.readInt32BE(0)).sort((a, b) => a - b);
  await sql`SELECT pg_advisory_xact_lock(${LOCKS.identifier}, block) FROM unnest(${ordered}::int[]) AS block`.execute(
    trx,
  );
}

/** Locks the bucket of a subject's key, shared, and returns the key as it is under that lock; null when it has none. */
export async function lockBucketOf(
  trx: InTransaction,
  subjectId: string,
): Promise<WrappedKey | null> {
  // The function reads after it has locked: while it waited, a rewrap may have replaced the wrapped key.
  const { rows } = await sql<{ bucket: number; bucket_version: string; wrapped_key: Buffer }>`
    SELECT bucket, bucket_version, wrapped_key FROM keys.lock_and_read(${LOCKS.bucket}, ${subjectId})
  `.execute(trx);
  const [row] = rows;
  if (row === undefined) return null;
  return { bucket: row.bucket, version: BigInt(row.bucket_version), wrapped: row.wrapped_key };
}

/** Keeps readers and newcomers out of a bucket while it is rewrapped, until the transaction ends. */
export async function lockBucketAlone(trx: InTransaction, bucket: number): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${LOCKS.bucket}, ${bucket})`.execute(trx);
}

/** The same for those of these buckets that nobody is in at this moment, without waiting; returns which. */
export async function tryLockBucketsAlone(
  trx: InTransaction,
  buckets: readonly number[],
): Promise<number[]> {
  const { rows } = await sql<{ bucket: number }>`
    SELECT bucket FROM unnest(${buckets}::int[]) AS bucket WHERE pg_try_advisory_xact_lock(${LOCKS.bucket}, bucket)
  `.execute(trx);
  return rows.map(({ bucket }) => bucket);
}
