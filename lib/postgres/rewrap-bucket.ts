import { sql } from 'kysely';
import type { KeyRing } from '../crypto/key-ring.ts';
import { rewrapBlock, rewrapSubjectKey } from '../crypto/rewrap.ts';
import { lockBucketAlone } from './bucket-locks.ts';
import type { Database, InTransaction } from './database.ts';
import { inTransaction } from './transaction.ts';

/** How many survivors moved to the bucket's new key. */
export interface Rewrapped {
  keys: number;
  identifiers: number;
}

/**
 * Gives a bucket a new key, moves whoever is still in it, and destroys the old key: what was wrapped under it and is not
 * in the bucket any more, in this database or in any copy of it, is noise from then on (policy D3, D4).
 *
 * Each step can be repeated after a crash: a new key that is there already is used, rows that have moved stay, and the
 * old key is destroyed only once no row needs it.
 */
export async function rewrapBucket(db: Database, ring: KeyRing, bucket: number): Promise<Rewrapped> {
  const moved = await inTransaction(db, async (trx) => {
    // Alone: whoever computed something under the old key has committed it before, and is moved with the rest.
    await lockBucketAlone(trx, bucket);
    const { version } = ring.addVersion(bucket);
    return {
      keys: await moveKeys(trx, ring, bucket, version),
      identifiers: await moveIdentifiers(trx, ring, bucket, version),
    };
  });
  await refuseIfLeftBehind(db, ring, bucket);
  ring.destroyOldVersions(bucket);
  return moved;
}

async function moveKeys(trx: InTransaction, ring: KeyRing, bucket: number, version: bigint): Promise<number> {
  const rows = await trx
    .selectFrom('keys.subject_keys')
    .select(['subject_id', 'bucket_version', 'wrapped_key'])
    .where('bucket', '=', bucket)
    .where('bucket_version', '<>', String(version))
    .execute();
  const moved = rows.map((row) => {
    const key = { bucket, version: BigInt(row.bucket_version), wrapped: row.wrapped_key };
    return { id: row.subject_id, wrapped: rewrapSubjectKey(ring, row.subject_id, key).wrapped };
  });
  await sql`
    UPDATE keys.subject_keys AS k SET bucket_version = ${String(version)}, wrapped_key = moved.wrapped
    FROM unnest(${moved.map(({ id }) => id)}::uuid[], ${moved.map(({ wrapped }) => wrapped)}::bytea[]) AS moved (id, wrapped)
    WHERE k.subject_id = moved.id`.execute(trx);
  return moved.length;
}

async function moveIdentifiers(trx: InTransaction, ring: KeyRing, bucket: number, version: bigint): Promise<number> {
  const rows = await trx
    .selectFrom('keys.identifiers')
    .select(['bucket_version', 'block'])
    .where('bucket', '=', bucket)
    .where('bucket_version', '<>', String(version))
    .execute();
  const moved = rows.map((row) => ({
    from: row,
    to: rewrapBlock(ring, { bucket, version: BigInt(row.bucket_version), block: row.block }),
  }));
  await sql`
    UPDATE keys.identifiers AS i SET bucket_version = ${String(version)}, block = moved.block
    FROM unnest(
      ${moved.map(({ from }) => from.bucket_version)}::bigint[], ${moved.map(({ from }) => from.block)}::bytea[],
      ${moved.map(({ to }) => to.block)}::bytea[]
    ) AS moved (old_version, old_block, block)
    WHERE i.bucket = ${bucket} AND i.bucket_version = moved.old_version AND i.block = moved.old_block`.execute(trx);
  return moved.length;
}

/** Destroying a key that someone still needs would erase a person who did not ask for it. */
async function refuseIfLeftBehind(db: Database, ring: KeyRing, bucket: number): Promise<void> {
  const [{ version }] = ring.bucketKeys(bucket);
  const { rows } = await sql<{ left: string }>`
    SELECT (SELECT count(*) FROM keys.subject_keys WHERE bucket = ${bucket} AND bucket_version <> ${String(version)})
      + (SELECT count(*) FROM keys.identifiers WHERE bucket = ${bucket} AND bucket_version <> ${String(version)}) AS left
  `.execute(db);
  if (Number(rows[0]?.left) !== 0) throw new Error(`Bucket ${bucket} still has rows under its old key.`);
}
