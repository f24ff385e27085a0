import { existsSync } from 'node:fs';
import { sql } from 'kysely';
import type { DatedKey } from '../lib/crypto/dated-key-file.ts';
import type { FileKeyRing } from '../lib/crypto/file-key-ring.ts';
import { BUCKETS } from '../lib/crypto/key-ring.ts';
import { wrapUnder } from '../lib/crypto/rewrap.ts';
import { writeWhole } from '../lib/crypto/ring-disk.ts';
import type { InTransaction } from '../store/database.ts';
import { putUpStones } from '../store/erasure/listed-erasures.ts';
import { readKeyBackup } from './key-backup.ts';
import type { InstallationKeys, PeopleKeys } from './key-backup.ts';

export interface KeyRestore {
  ring: FileKeyRing;
  signingKeyFile: string;
  path: string;
  key: DatedKey;
  backupId: string;
  /** Those who were erased since, and do not come back. */
  erased: ReadonlySet<string>;
}

/**
 * Puts the keys of a key backup under new keys of the ring that is there, except those of people who were erased since.
 */
export async function restoreKeys(
  trx: InTransaction,
  { ring, signingKeyFile, path, key, backupId, erased }: KeyRestore,
): Promise<{ subjectKeys: number }> {
  // Those that are there, if any, open no more: their ring is gone.
  await sql`TRUNCATE keys.subject_keys, keys.identifiers, keys.departures`.execute(trx);
  let subjectKeys = 0;
  for await (const part of readKeyBackup(path, key, backupId)) {
    if ('installation' in part) {
      await restoreInstallation(trx, { ring, signingKeyFile }, part.installation);
      continue;
    }
    const keys = part.people.keys.filter(({ subjectId }) => !erased.has(subjectId));
    const identifiers = part.people.identifiers.filter(({ subjectId }) => !erased.has(subjectId));
    await insertPeople(trx, ring, { keys, identifiers });
    subjectKeys += keys.length;
  }
  return { subjectKeys };
}

async function restoreInstallation(
  trx: InTransaction,
  { ring, signingKeyFile }: { ring: FileKeyRing; signingKeyFile: string },
  { secrets, days, stones, signingKeys }: InstallationKeys,
): Promise<void> {
  const buckets = Array.from({ length: BUCKETS }, (_, bucket) => bucket);
  // A rewrap that was killed left two keys here, and gets no third: its newer one may open copies of people who are gone,
  // so that bucket counts as one that somebody left, and gets a new key before anybody is served.
  const unfinished = buckets.flatMap((bucket) => {
    const [newest, older] = ring.bucketKeys(bucket);
    return older === undefined ? [] : [{ bucket, bucket_version: String(newest.version) }];
  });
  // A new key for every bucket: what still lies under the one that is there now stays noise once that is destroyed.
  ring.addVersions(buckets);
  if (unfinished.length > 0) await trx.insertInto('keys.departures').values(unfinished).execute();
  ring.adopt({ secrets, days: days.map(({ day, key }) => ({ version: BigInt(day), key })) });
  await putUpStones(trx, stones);
  if (signingKeys !== null && !existsSync(signingKeyFile))
    writeWhole(signingKeyFile, Buffer.from(signingKeys));
}

async function insertPeople(
  trx: InTransaction,
  ring: FileKeyRing,
  { keys, identifiers }: PeopleKeys,
): Promise<void> {
  const buckets = new Set([...keys, ...identifiers].map(({ bucket }) => bucket));
  const under = new Map([...buckets].map((bucket) => [bucket, wrapUnder(ring, bucket)]));
  const wrapped = keys.flatMap(({ subjectId, bucket, key }) => {
    const wrap = under.get(bucket);
    return wrap === undefined
      ? []
      : [{ subjectId, bucket, version: String(wrap.version), wrapped: wrap.key(subjectId, key) }];
  });
  const blocks = identifiers.flatMap(({ subjectId, bucket, kind, hash }) => {
    const wrap = under.get(bucket);
    return wrap === undefined
      ? []
      : [{ subjectId, bucket, kind, version: String(wrap.version), block: wrap.block(hash) }];
  });
  await sql`INSERT INTO keys.subject_keys (subject_id, bucket, bucket_version, wrapped_key)
    SELECT * FROM unnest(${wrapped.map((one) => one.subjectId)}::uuid[], ${wrapped.map((one) => one.bucket)}::smallint[],
      ${wrapped.map((one) => one.version)}::bigint[], ${wrapped.map((one) => one.wrapped)}::bytea[])`.execute(
    trx,
  );
  // Somebody who was met while the backup was made may stand in the parts of two buckets under one identifier.
  await sql`INSERT INTO keys.identifiers (bucket, bucket_version, block, subject_id, kind)
    SELECT * FROM unnest(${blocks.map((one) => one.bucket)}::smallint[], ${blocks.map((one) => one.version)}::bigint[],
      ${blocks.map((one) => one.block)}::bytea[], ${blocks.map((one) => one.subjectId)}::uuid[],
      ${blocks.map((one) => one.kind)}::text[]) ON CONFLICT DO NOTHING`.execute(trx);
}
