import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SealBroken } from '../../../lib/crypto/envelope.ts';
import { createKeyRing, FileKeyRing } from '../../../lib/crypto/file-key-ring.ts';
import type { KeyRing } from '../../../lib/crypto/key-ring.ts';
import { openSubjectKey } from '../../../lib/crypto/subject-cipher.ts';
import { rewrapLeftBuckets } from '../../../store/keys/departures.ts';
import { deleteKeys } from '../../../store/erasure/erasure.ts';
import { dropContact } from '../../../store/requests/request-contact.ts';
import { createRequest } from '../../../store/requests/requests.ts';
import { rotateRootKey } from '../../../store/keys/rotate-root-key.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { insertSilentPeople } from '../../support/silent-people.ts';
import { createStorage } from '../../support/storage.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const { db, ring, people } = await createStorage();

/** A ring whose process dies after the rows of this bucket moved to a new key, and before the old one is overwritten. */
const dyingAt = (doomed: number): KeyRing => ({
  bucketKeys: (bucket) => ring.bucketKeys(bucket),
  secret: (name) => ring.secret(name),
  addVersion: (bucket) => ring.addVersion(bucket),
  destroyOldVersions: (bucket) => {
    if (bucket === doomed) throw new Error('killed');
    ring.destroyOldVersions(bucket);
  },
  dayKeys: () => ring.dayKeys(),
  ensureDayKey: (day) => ring.ensureDayKey(day),
  destroyDayKeysBefore: (day) => ring.destroyDayKeysBefore(day),
});

const keyOf = async (ownerId: string) => {
  const row = await db
    .selectFrom('keys.subject_keys')
    .selectAll()
    .where('subject_id', '=', ownerId)
    .executeTakeFirstOrThrow();
  return { bucket: row.bucket, version: BigInt(row.bucket_version), wrapped: row.wrapped_key };
};
type Copy = Awaited<ReturnType<typeof keyOf>>;

function opens(ownerId: string, copy: Copy): boolean {
  try {
    openSubjectKey(ring, ownerId, copy);
    return true;
  } catch (error) {
    if (error instanceof SealBroken) return false;
    throw error;
  }
}

const rewrapLeft = (keys: KeyRing) => rewrapLeftBuckets(db, keys, () => Promise.resolve());

/** A bucket in which a rewrap for somebody else was killed: those who are still in it lie under the key that it made. */
async function unfinishedBucket(bucket: number): Promise<{ id: string; copy: Copy }> {
  const [gone, next] = await insertSilentPeople(db, ring, { count: 2, days: 1, bucket });
  await deleteKeys(db, gone?.id ?? '');
  await expect(rewrapLeft(dyingAt(bucket))).rejects.toThrow('killed');
  const id = next?.id ?? '';
  expect(ring.bucketKeys(bucket)).toHaveLength(2);
  return { id, copy: await keyOf(id) };
}

test('P-D4: who leaves a bucket whose new key a killed purge had made is noise after the next one', async () => {
  const { id, copy } = await unfinishedBucket(21);
  await deleteKeys(db, id);
  await rewrapLeft(ring);
  expect(opens(id, copy)).toBe(false);
  expect(ring.bucketKeys(21)).toHaveLength(1);
  expect(await db.selectFrom('keys.departures').selectAll().execute()).toEqual([]);
});

test('P-D3: the contact data of a request is noise, although a killed rewrap had left two keys in its bucket', async () => {
  const { requestId } = await inTransaction(db, (trx) =>
    createRequest(trx, people, {
      right: 'erasure',
      intake: 'form',
      receivedAt: new Date(),
      codeHash: Buffer.from(randomUUID()),
      phrase: null,
      accounts: ['whatsapp'],
      contact: { chats: [] },
    }),
  );
  const { bucket } = await keyOf(requestId);
  await unfinishedBucket(bucket);
  const copy = await keyOf(requestId);
  expect(opens(requestId, copy)).toBe(true);
  await dropContact(db, ring, { requestId, reason: null });
  expect(opens(requestId, copy)).toBe(false);
});

test('P-S2: a root key that is replaced meanwhile leaves no key behind that a killed rewrap had made for somebody else', async () => {
  const { id, copy } = await unfinishedBucket(23);
  await deleteKeys(db, id);
  const now = new Date(Date.now() + 25 * 3_600_000);
  await rotateRootKey(db, ring, { now, allowedAgeMs: 0 });
  expect(opens(id, copy)).toBe(false);
  expect(ring.bucketKeys(23)).toHaveLength(1);
});

test('P-S2: a root key of a new ring is in the ledger, although one of an earlier ring had its number', async () => {
  const generations = async () =>
    (
      await db
        .selectFrom('mayfly.ledger')
        .select('details')
        .where('action', '=', 'root key replaced')
        .orderBy('position')
        .execute()
    ).map(({ details }) => details['generation']);
  const now = new Date(Date.now() + 50 * 3_600_000);
  await rotateRootKey(db, ring, { now, allowedAgeMs: 0 });
  const before = await generations();
  const paths = { ringFile: join(folder, 'ring'), rootKeyFile: join(folder, 'root') };
  createKeyRing(paths);
  const anew = FileKeyRing.open(paths);
  const rotate = () => rotateRootKey(db, anew, { now, allowedAgeMs: 0 });
  expect(before).toEqual([2, 3]);
  for (let round = 0; round < 2; round += 1) await rotate();
  expect(await generations()).toEqual([...before, 2, 3]);
  anew.close();
});
