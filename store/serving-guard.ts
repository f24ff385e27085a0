import type pg from 'pg';
import { SettingsError } from '../lib/config.ts';
import type { KeyRing } from '../lib/crypto/key-ring.ts';
import { readErasures } from '../lib/erasure-list.ts';
import { lockBucketFor } from './keys/bucket-locks.ts';
import { refuseRestored } from './erasure/restores.ts';

const OLD_COPY =
  'This database does not go with its key ring: it holds people who were erased since, or keys under keys that are gone, as an older copy does that was put back by other means than "npm run restore". See "A copy put back by other tools" in docs/backup.md.';

/**
 * Asked on each new connection of a process that serves (policy D4): nothing is served from a database whose restore is
 * not finished, nor from an older copy that somebody put back by other means. That copy is looked for whenever the
 * database is another than before, or was started anew; a mere reconnection costs one query.
 */
export function createServingGuard(
  ring: KeyRing,
  erasureListFile: string,
): (connection: pg.PoolClient) => Promise<void> {
  let checked: { identity: string; ended: Promise<void> } | null = null;
  return async (connection) => {
    await refuseRestored(connection);
    const identity = await identityOf(connection);
    if (checked?.identity !== identity) {
      const ended = refuseOldCopy(connection, ring, erasureListFile);
      const check = { identity, ended };
      checked = check;
      ended.catch(() => {
        if (checked === check) checked = null;
      });
    }
    await checked.ended;
  };
}

/** Differs for another server, a server that was started anew, another database, and tables that were made anew. */
async function identityOf(connection: pg.PoolClient): Promise<string> {
  const { rows } = await connection.query<{ identity: string }>(`
    SELECT concat_ws('/', pg_postmaster_start_time(), (SELECT oid FROM pg_database WHERE datname = current_database()),
      pg_relation_filenode('keys.subject_keys'), pg_relation_filenode('mayfly.subjects')) AS identity`);
  return rows[0]?.identity ?? '';
}

async function refuseOldCopy(
  connection: pg.PoolClient,
  ring: KeyRing,
  erasureListFile: string,
): Promise<void> {
  // The list is read first: everybody on it was fenced before.
  const erased = readErasures(erasureListFile).map(({ subjectId }) => subjectId);
  const back = await connection.query(
    'SELECT FROM mayfly.subjects WHERE id = ANY($1::uuid[]) AND erasing_at IS NULL LIMIT 1',
    [erased],
  );
  if (back.rows.length > 0) throw new SettingsError(OLD_COPY);
  const { rows } = await connection.query<Place>(`
    SELECT bucket, bucket_version FROM keys.subject_keys
    UNION SELECT bucket, bucket_version FROM keys.identifiers`);
  const doubtful = new Set(rows.filter((row) => !isOpenTo(ring, row)).map(({ bucket }) => bucket));
  for (const bucket of doubtful)
    if (await isForeign(connection, ring, bucket)) throw new SettingsError(OLD_COPY);
}

interface Place {
  bucket: number;
  bucket_version: string;
}

function isOpenTo(ring: KeyRing, { bucket, bucket_version: version }: Place): boolean {
  return ring.bucketKeys(bucket).some((key) => key.version === BigInt(version));
}

/** Looks again with the bucket locked: a rewrap may have moved its rows, and destroyed the old key, in between. */
async function isForeign(
  connection: pg.PoolClient,
  ring: KeyRing,
  bucket: number,
): Promise<boolean> {
  await connection.query('BEGIN');
  try {
    await lockBucketFor(connection, bucket);
    const { rows } = await connection.query<Place>(
      `SELECT bucket, bucket_version FROM keys.subject_keys WHERE bucket = $1
        UNION SELECT bucket, bucket_version FROM keys.identifiers WHERE bucket = $1`,
      [bucket],
    );
    return !rows.every((row) => isOpenTo(ring, row));
  } finally {
    await connection.query('ROLLBACK');
  }
}
