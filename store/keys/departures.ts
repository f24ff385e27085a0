import { sql } from 'kysely';
import type { KeyRing } from '../../lib/crypto/key-ring.ts';
import type { Database } from '../database.ts';
import { rewrapBucket } from './rewrap-bucket.ts';

/**
 * Gives a new key to every bucket that somebody has left since it last got one: what they left behind in old copies of
 * the database is noise from then on (policy D3, D4). The database itself notes who leaves, in the transaction in which
 * they do. Killed anywhere, it goes on where it was. Calls `onRewrapped` for each bucket.
 */
export async function rewrapLeftBuckets(
  db: Database,
  ring: KeyRing,
  onRewrapped: (bucket: number) => Promise<unknown>,
): Promise<void> {
  const { rows } = await sql<{ bucket: number; version: string }>`
    SELECT bucket, max(bucket_version) AS version FROM keys.departures GROUP BY bucket ORDER BY bucket`.execute(
    db,
  );
  for (const { bucket, version } of rows) {
    // An erasure on request has replaced the key by itself.
    if (BigInt(version) >= oldestVersion(ring, bucket)) {
      await rewrapBucket(db, ring, bucket);
      await onRewrapped(bucket);
    }
    await db
      .deleteFrom('keys.departures')
      .where('bucket', '=', bucket)
      .where('bucket_version', '<', String(oldestVersion(ring, bucket)))
      .execute();
  }
}

function oldestVersion(ring: KeyRing, bucket: number): bigint {
  const keys = ring.bucketKeys(bucket);
  return (keys.at(-1) ?? keys[0]).version;
}
