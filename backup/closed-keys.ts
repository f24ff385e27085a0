import { sql } from 'kysely';
import { SealBroken } from '../lib/crypto/envelope.ts';
import { BUCKETS } from '../lib/crypto/key-ring.ts';
import type { KeyRing } from '../lib/crypto/key-ring.ts';
import { unwrapKey } from '../lib/crypto/rewrap.ts';
import type { Database, InTransaction } from '../store/database.ts';

/** Buckets whose keys are read together. */
const TOGETHER = 32;

/** Tries every key that is there; returns how many open, and whose do not. */
export async function tryEveryKey(
  db: Database | InTransaction,
  ring: KeyRing,
): Promise<{ open: number; closed: string[] }> {
  let open = 0;
  const closed: string[] = [];
  for (let first = 0; first < BUCKETS; first += TOGETHER) {
    const rows = await db
      .selectFrom('keys.subject_keys')
      .selectAll()
      .where('bucket', '>=', first)
      .where('bucket', '<', first + TOGETHER)
      .execute();
    for (const row of rows) {
      if (opens(ring, row)) open += 1;
      else closed.push(row.subject_id);
    }
  }
  return { open, closed };
}

function opens(
  ring: KeyRing,
  row: { subject_id: string; bucket: number; bucket_version: string; wrapped_key: Buffer },
): boolean {
  const { bucket, bucket_version: version, wrapped_key: wrapped } = row;
  try {
    unwrapKey(ring, row.subject_id, { bucket, version: BigInt(version), wrapped });
    return true;
  } catch (error) {
    if (error instanceof SealBroken) return false;
    throw error;
  }
}

/**
 * Deletes the keys that do not open, the identifiers under keys that are gone, and the keys of people who are found by
 * no identifier any more: what is left of all of these is lost. Returns how many owners lost their key.
 */
export async function dropClosedKeys(trx: InTransaction, ring: KeyRing): Promise<number> {
  const { closed } = await tryEveryKey(trx, ring);
  const versions = Array.from({ length: BUCKETS }, (_, bucket) =>
    ring.bucketKeys(bucket).map(({ version }) => ({ bucket, version: String(version) })),
  ).flat();
  await sql`DELETE FROM keys.identifiers AS i
    WHERE subject_id = ANY(${closed}::uuid[]) OR NOT EXISTS (
      SELECT FROM unnest(${versions.map(({ bucket }) => bucket)}::int[], ${versions.map(({ version }) => version)}::bigint[])
        AS held (bucket, version)
      WHERE held.bucket = i.bucket AND held.version = i.bucket_version)`.execute(trx);
  const dropped = await sql`DELETE FROM keys.subject_keys AS k
    WHERE subject_id = ANY(${closed}::uuid[]) OR (
      EXISTS (SELECT FROM mayfly.subjects s WHERE s.id = k.subject_id)
      AND NOT EXISTS (SELECT FROM keys.identifiers i WHERE i.subject_id = k.subject_id))`.execute(
    trx,
  );
  return Number(dropped.numAffectedRows ?? 0);
}
