import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyRing, FileKeyRing } from '../../../lib/crypto/file-key-ring.ts';
import { BUCKETS } from '../../../lib/crypto/key-ring.ts';
import { connectDatabase } from '../../../store/database.ts';
import { ledgerEntries } from '../../../store/ledger/ledger-entries.ts';
import { rewrapBucket } from '../../../store/keys/rewrap-bucket.ts';
import { rotateRootKey } from '../../../store/keys/rotate-root-key.ts';
import { dyingDisk } from '../../support/dying-disk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { testDatabase } from '../../support/test-postgres.ts';

const HOUR_MS = 3_600_000;
const folder = temporaryFolder();
const database = await testDatabase();
const { db } = connectDatabase({
  connectionString: database.connectionString,
  maxConnections: 4,
  onIdleError: () => undefined,
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const EVERY_BUCKET = Array.from({ length: BUCKETS }, (_, bucket) => bucket);
let made = 0;
function newRing() {
  made += 1;
  const paths = {
    ringFile: join(folder, `ring-${made}`),
    rootKeyFile: join(folder, `root-${made}`),
  };
  createKeyRing(paths);
  return { paths, ring: FileKeyRing.open(paths) };
}

const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS);
const rotate = (ring: FileKeyRing, now = inHours(25), database = db) =>
  rotateRootKey(database, ring, { now, allowedAgeMs: 23 * HOUR_MS });

/** Everything that a ring holds, opened. */
function contentOf(ring: FileKeyRing, buckets = EVERY_BUCKET) {
  return {
    buckets: buckets.map((bucket) => ring.bucketKeys(bucket)),
    secrets: (['identifier pepper', 'payload codec'] as const).map((name) => ring.secret(name)),
    days: ring.dayKeys().toSorted((a, b) => Number(a.version - b.version)),
  };
}

const replacements = async () =>
  (await Array.fromAsync(ledgerEntries(db, 0))).filter(
    ({ action }) => action === 'root key replaced',
  );

test('a root key is replaced once it is older than allowed, and everything in the ring stays what it was', async () => {
  const { ring } = newRing();
  ring.addVersion(7);
  ring.destroyOldVersions(7);
  ring.ensureDayKey(20_000n);
  ring.ensureDayKey(20_008n);
  const before = contentOf(ring);
  expect(await rotate(ring, inHours(22))).toBe('kept');
  expect(ring.rootKeyMove.generation()).toBe(1);
  expect(await rotate(ring)).toBe('replaced');
  expect(ring.rootKeyMove.generation()).toBe(2);
  expect(contentOf(ring)).toEqual(before);
  expect(await rotate(ring)).toBe('kept');
  expect((await replacements()).map(({ details }) => details)).toEqual([{ generation: 2 }]);
  ring.close();
});

test('the old root key is nowhere in its file, and opens nothing of the ring', async () => {
  const { ring, paths } = newRing();
  const oldRoot = readFileSync(paths.rootKeyFile);
  const oldFile = join(folder, 'old-root');
  copyFileSync(paths.rootKeyFile, oldFile);
  const content = contentOf(ring);
  await rotate(ring);
  expect(readFileSync(paths.rootKeyFile).includes(oldRoot.subarray(16, 48))).toBe(false);
  expect(() => FileKeyRing.open({ ...paths, rootKeyFile: oldFile })).toThrow('did not open');
  const opened = FileKeyRing.open(paths);
  expect(contentOf(opened)).toEqual(content);
  opened.close();
  ring.close();
});

test('a process that has the ring open goes on reading and writing, before, during and after', async () => {
  const { ring, paths } = newRing();
  const other = FileKeyRing.open(paths);
  const before = contentOf(other);
  ring.rootKeyMove.begin(inHours(25), 0);
  const added = other.addVersion(3);
  other.destroyOldVersions(3);
  expect(await rotate(ring)).toBe('replaced');
  expect(other.bucketKeys(3)).toEqual([added]);
  expect(other.bucketKeys(4)).toEqual(before.buckets[4]);
  const next = other.addVersion(4);
  expect(ring.bucketKeys(4)[0]).toEqual(next);
  ring.close();
  other.close();
});

test('a bucket whose rewrap was left unfinished is finished first', async () => {
  const { ring } = newRing();
  const added = ring.addVersion(5);
  expect(await rotate(ring)).toBe('replaced');
  const [newest, ...older] = ring.bucketKeys(5);
  // Finished, and then given a key of its own: what the unfinished one made may have been copied.
  expect(newest.version).toBe(added.version + 1n);
  expect(older).toEqual([]);
  ring.close();
});

test('an old root key is not destroyed while anything is sealed under it', () => {
  const { ring } = newRing();
  ring.rootKeyMove.begin(inHours(25), 0);
  expect(() => ring.rootKeyMove.end()).toThrow('still sealed under the old root key');
  ring.rootKeyMove.moveSecrets();
  expect(() => ring.rootKeyMove.end()).toThrow('bucket 0 is still sealed');
  ring.close();
});

test('two processes that replace it at the same time replace it once', async () => {
  const { ring, paths } = newRing();
  const other = FileKeyRing.open(paths);
  const before = contentOf(ring);
  await Promise.all([rotate(ring), rotate(other), rewrapBucket(db, other, 900)]);
  expect(ring.rootKeyMove.generation()).toBe(2);
  const after = contentOf(other);
  expect(after.secrets).toEqual(before.secrets);
  expect(after.buckets.filter((_, bucket) => bucket !== 900)).toEqual(
    before.buckets.filter((_, bucket) => bucket !== 900),
  );
  expect(other.bucketKeys(900)[0].version).toBe(2n);
  ring.close();
  other.close();
});

const copies = { ringFile: join(folder, 'copy-ring'), rootKeyFile: join(folder, 'copy-root') };

/** A ring that can be put back as it was, as often as is wanted. */
function ringToKill() {
  const { ring, paths } = newRing();
  ring.ensureDayKey(20_000n);
  ring.ensureDayKey(20_008n);
  ring.addVersion(2);
  ring.destroyOldVersions(2);
  const putBack = () => {
    copyFileSync(paths.ringFile, copies.ringFile);
    copyFileSync(paths.rootKeyFile, copies.rootKeyFile);
  };
  putBack();
  return { before: contentOf(ring), putBack };
}

test('killed at any write or sync, with half of a write on the disk, nothing of the ring is lost', () => {
  const FIRST_FOUR = [0, 1, 2, 3];
  const moved = (ring: FileKeyRing) => {
    ring.rootKeyMove.begin(inHours(25), 23 * HOUR_MS);
    ring.rootKeyMove.moveSecrets();
    ring.rootKeyMove.moveDays();
    ring.rootKeyMove.moveBuckets(FIRST_FOUR);
  };
  const { before, putBack } = ringToKill();
  const some = (ring: FileKeyRing) => ({
    ...contentOf(ring, FIRST_FOUR),
    generation: ring.rootKeyMove.generation(),
  });
  const expected = { ...before, buckets: before.buckets.slice(0, 4) };
  let step = 1;
  for (let isDead = true; isDead; step += 1) {
    putBack();
    const victim = FileKeyRing.open(copies, dyingDisk(db, step).disk);
    try {
      moved(victim);
      isDead = false;
    } catch (error) {
      expect(String(error)).toContain('killed');
    }
    victim.close();
    const heir = FileKeyRing.open(copies);
    expect({ step, ...some(heir) }).toMatchObject({ step, ...expected });
    moved(heir);
    expect({ step, ...some(heir) }).toMatchObject({ step, ...expected, generation: 2 });
    heir.close();
  }
  expect(step).toBeGreaterThan(30);
});

test('killed at any step of its end, the next call ends what was begun, and the ledger tells it once', async () => {
  const { before, putBack } = ringToKill();
  const counted = dyingDisk(db, Infinity);
  const whole = FileKeyRing.open(copies, counted.disk);
  await rotate(whole, inHours(25), counted.db);
  whole.close();
  const told = (await replacements()).length;
  for (const stepsBeforeTheEnd of [8, 4, 3, 2, 1, 0]) {
    const step = counted.steps() - stepsBeforeTheEnd;
    putBack();
    const dying = dyingDisk(db, step);
    const victim = FileKeyRing.open(copies, dying.disk);
    await expect(rotate(victim, inHours(25), dying.db)).rejects.toThrow('killed');
    victim.close();
    const heir = FileKeyRing.open(copies);
    await rotate(heir);
    expect({ step, generation: heir.rootKeyMove.generation() }).toEqual({ step, generation: 2 });
    expect({ step, same: isSame(contentOf(heir), before) }).toEqual({ step, same: true });
    expect(heir.rootKeyMove.begin(inHours(25), 23 * HOUR_MS)).toBe(false);
    heir.close();
  }
  expect((await replacements()).length).toBe(told);
});

/** A comparison of thousands of keys that costs less than Jest's. */
function isSame(a: ReturnType<typeof contentOf>, b: ReturnType<typeof contentOf>): boolean {
  const text = (content: typeof a) =>
    JSON.stringify(content, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
  return text(a) === text(b);
}
