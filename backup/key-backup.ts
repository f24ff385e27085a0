import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { DatedKey } from '../lib/crypto/dated-key-file.ts';
import { BUCKETS, RING_SECRETS } from '../lib/crypto/key-ring.ts';
import type { KeyRing } from '../lib/crypto/key-ring.ts';
import { openBlock, unwrapKey } from '../lib/crypto/rewrap.ts';
import { lockBucketsShared } from '../store/keys/bucket-locks.ts';
import type { Database, InTransaction } from '../store/database.ts';
import { inTransaction } from '../store/transaction.ts';
import { hashOfFile } from './table-files.ts';
import { SealedFrames, readSealedFrames } from './sealed-frames.ts';

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
const bucket = z
  .int()
  .min(0)
  .max(BUCKETS - 1);

/** What belongs to the whole installation. */
const installationFrame = z.strictObject({
  secrets: z.record(z.enum(RING_SECRETS), base64),
  days: z.array(z.strictObject({ day: z.int(), key: base64 })),
  stones: z.array(z.strictObject({ day: z.int(), hash: z.string(), erasedAt: z.iso.datetime() })),
  signingKeys: z.string().nullable(),
});
export type InstallationKeys = z.infer<typeof installationFrame>;

/** The keys of people in some buckets, and what their identifiers are found by. */
const peopleFrame = z.strictObject({
  keys: z.array(z.strictObject({ subjectId: z.uuid(), bucket, key: base64 })),
  identifiers: z.array(
    z.strictObject({ subjectId: z.uuid(), bucket, kind: z.string(), hash: base64 }),
  ),
});
export type PeopleKeys = z.infer<typeof peopleFrame>;

/** Buckets of one frame: while it is written, nobody in them can be erased. */
const TOGETHER = 32;

/**
 * Writes everything that opens the data into one sealed file: it must be made after the data that it is to open, so
 * that nobody in that data is missing here. Bucket by bucket, each as it is at one moment.
 */
export async function writeKeyBackup(
  db: Database,
  { ring, signingKeyFile }: { ring: KeyRing; signingKeyFile: string },
  { path, key, backupId }: { path: string; key: DatedKey; backupId: string },
  onBuckets: (done: number, of: number) => void,
): Promise<{ subjectKeys: number; identifiers: number; sha256: string }> {
  const frames = new SealedFrames(path, key.key, backupId);
  frames.write(await installationKeys(db, ring, signingKeyFile));
  const counts = { subjectKeys: 0, identifiers: 0 };
  for (let first = 0; first < BUCKETS; first += TOGETHER) {
    const buckets = Array.from({ length: TOGETHER }, (_, place) => first + place);
    const people = await inTransaction(db, (trx) => peopleKeys(trx, ring, buckets));
    counts.subjectKeys += people.keys.length;
    counts.identifiers += people.identifiers.length;
    frames.write(people);
    onBuckets(first + TOGETHER, BUCKETS);
  }
  frames.end(counts);
  return { ...counts, sha256: await hashOfFile(path) };
}

async function installationKeys(db: Database, ring: KeyRing, signingKeyFile: string) {
  const rows = await db.selectFrom('mayfly.tombstones').selectAll().execute();
  return {
    secrets: Object.fromEntries(
      RING_SECRETS.map((name) => [name, ring.secret(name).toString('base64')]),
    ),
    days: ring
      .dayKeys()
      .map(({ version, key }) => ({ day: Number(version), key: key.toString('base64') })),
    stones: rows.map(({ day, hash, erased_at: erasedAt }) => ({
      day,
      hash: hash.toString('hex'),
      erasedAt: erasedAt.toISOString(),
    })),
    signingKeys: existsSync(signingKeyFile) ? readFileSync(signingKeyFile, 'utf8') : null,
  };
}

/** Opened under the locks of their buckets: no rewrap can come between the rows and the keys that they lie under. */
async function peopleKeys(trx: InTransaction, ring: KeyRing, buckets: readonly number[]) {
  await lockBucketsShared(trx, buckets);
  const keys = await trx
    .selectFrom('keys.subject_keys')
    .selectAll()
    .where('bucket', 'in', buckets)
    .execute();
  const identifiers = await trx
    .selectFrom('keys.identifiers')
    .selectAll()
    .where('bucket', 'in', buckets)
    .execute();
  return {
    keys: keys.map(({ subject_id: subjectId, bucket: place, bucket_version, wrapped_key }) => ({
      subjectId,
      bucket: place,
      key: unwrapKey(ring, subjectId, {
        bucket: place,
        version: BigInt(bucket_version),
        wrapped: wrapped_key,
      }).toString('base64'),
    })),
    identifiers: identifiers.map(
      ({ subject_id: subjectId, bucket: place, bucket_version, block, kind }) => ({
        subjectId,
        bucket: place,
        kind,
        hash: openBlock(ring, { bucket: place, version: BigInt(bucket_version), block }).toString(
          'base64',
        ),
      }),
    ),
  };
}

/** What such a file holds: first the installation's keys, then those of people, some buckets at a time. */
export async function* readKeyBackup(
  path: string,
  key: DatedKey,
  backupId: string,
): AsyncGenerator<{ installation: InstallationKeys } | { people: PeopleKeys }> {
  let isFirst = true;
  for await (const { value, isLast } of readSealedFrames(path, key.key, backupId)) {
    if (isFirst) yield { installation: installationFrame.parse(value) };
    else if (!isLast) yield { people: peopleFrame.parse(value) };
    isFirst = false;
  }
}
