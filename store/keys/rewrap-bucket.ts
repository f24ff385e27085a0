import { sql } from 'kysely';
import type { KeyRing } from '../../lib/crypto/key-ring.ts';
import { createRewrap } from '../../lib/crypto/rewrap.ts';
import type { Rewrap } from '../../lib/crypto/rewrap.ts';
import { failPoint } from '../../lib/fail-point.ts';
import { lockBucketAlone } from './bucket-locks.ts';
import type { Database, InTransaction } from '../database.ts';
import { inTransaction } from '../transaction.ts';

/** How many survivors moved to the bucket's new key, and the newest version that there was before it. */
export interface Rewrapped {
  keys: number;
  identifiers: number;
  /** Every version up to this one is destroyed. */
  replaced: bigint;
}

/**
 * Gives a bucket a new key, moves everybody who is still in it, and destroys the old key: what was wrapped under it and
 * is not in the bucket any more, in this database or in any copy of it, is noise from then on (policy D3, D4).
 *
 * Each step can be repeated after a crash: rows that have moved stay, and the old key is destroyed only once no row
 * needs it. What another call left unfinished is finished first, and never taken for this one's work: the person to be
 * forgotten may have been moved to the key that it made.
 */
export async function rewrapBucket(
  db: Database,
  ring: KeyRing,
  bucket: number,
): Promise<Rewrapped> {
  for (;;) {
    const { isLeftOver, ...moved } = await moveToNewest(db, ring, bucket);
    await destroyOld(db, ring, bucket);
    if (!isLeftOver) return moved;
  }
}

/** Moves everybody to the key that an unfinished call has left or, without one, to a new one. */
async function moveToNewest(
  db: Database,
  ring: KeyRing,
  bucket: number,
): Promise<Rewrapped & { isLeftOver: boolean }> {
  return inTransaction(db, async (trx) => {
    // Alone: what another transaction computed under the old key is committed by now, and is moved with the rest.
    await lockBucketAlone(trx, bucket);
    const [{ version: replaced }, older] = ring.bucketKeys(bucket);
    const isLeftOver = older !== undefined;
    if (!isLeftOver) ring.addVersion(bucket);
    const rewrap = createRewrap(ring, bucket);
    const keys = await moveKeys(trx, rewrap, bucket);
    const identifiers = await moveIdentifiers(trx, rewrap, bucket);
    failPoint('before rewrap');
    return { keys, identifiers, replaced, isLeftOver };
  });
}

async function destroyOld(db: Database, ring: KeyRing, bucket: number): Promise<void> {
  await inTransaction(db, async (trx) => {
    // Alone again: another rewrap of this bucket may be moving rows at this moment, to a key newer than ours. What this
    // call destroys as an old key could then be the one that those rows still lie under.
    await lockBucketAlone(trx, bucket);
    await refuseIfLeftBehind(trx, ring, bucket);
    ring.destroyOldVersions(bucket);
  });
}

async function moveKeys(trx: InTransaction, rewrap: Rewrap, bucket: number): Promise<number> {
  const rows = await trx
    .selectFrom('keys.subject_keys')
    .select(['subject_id', 'bucket_version', 'wrapped_key'])
    .where('bucket', '=', bucket)
    .where('bucket_version', '<>', String(rewrap.version))
    .execute();
  if (rows.length === 0) return 0;
  const wrapped = rows.map((row) =>
    rewrap.key(row.subject_id, BigInt(row.bucket_version), row.wrapped_key),
  );
  await sql`
    UPDATE keys.subject_keys AS k SET bucket_version = ${String(rewrap.version)}, wrapped_key = moved.wrapped
    FROM unnest(${rows.map((row) => row.subject_id)}::uuid[], ${wrapped}::bytea[]) AS moved (id, wrapped)
    WHERE k.subject_id = moved.id`.execute(trx);
  return rows.length;
}

async function moveIdentifiers(
  trx: InTransaction,
  rewrap: Rewrap,
  bucket: number,
): Promise<number> {
  const rows = await trx
    .selectFrom('keys.identifiers')
    .select(['bucket_version', 'block'])
    .where('bucket', '=', bucket)
    .where('bucket_version', '<>', String(rewrap.version))
    .execute();
  for (const [version, old] of Map.groupBy(rows, (row) => row.bucket_version)) {
    const blocks = old.map(({ block }) => block);
    await sql`
      UPDATE keys.identifiers AS i SET bucket_version = ${String(rewrap.version)}, block = moved.block
      FROM unnest(${blocks}::bytea[], ${rewrap.blocks(BigInt(version), blocks)}::bytea[]) AS moved (old_block, block)
      WHERE i.bucket = ${bucket} AND i.bucket_version = ${version} AND i.block = moved.old_block`.execute(
      trx,
    );
  }
  return rows.length;
}

/** Destroying a key that someone still needs would erase a person who did not ask for it. */
async function refuseIfLeftBehind(
  trx: InTransaction,
  ring: KeyRing,
  bucket: number,
): Promise<void> {
  const [{ version }] = ring.bucketKeys(bucket);
  const { rows } = await sql<{ left: string }>`
    SELECT (SELECT count(*) FROM keys.subject_keys WHERE bucket = ${bucket} AND bucket_version <> ${String(version)})
      + (SELECT count(*) FROM keys.identifiers WHERE bucket = ${bucket} AND bucket_version <> ${String(version)}) AS left
  `.execute(trx);
  if (Number(rows[0]?.left) !== 0)
    throw new Error(`Bucket ${bucket} still has rows under its old key.`);
}
