import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyRing, FileKeyRing } from '../../../lib/crypto/file-key-ring.ts';
import { BUCKETS } from '../../../lib/crypto/key-ring.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
let counter = 0;

function newRing() {
  counter += 1;
  const paths = {
    ringFile: join(folder, `${counter}`, 'ring'),
    rootKeyFile: join(folder, `${counter}`, 'root'),
  };
  createKeyRing(paths);
  return paths;
}

test('a new ring has one key for each bucket, and no two are alike', () => {
  const ring = FileKeyRing.open(newRing());
  const keys = new Set<string>();
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const versions = ring.bucketKeys(bucket);
    expect(versions).toHaveLength(1);
    keys.add(versions[0].key.toString('hex'));
  }
  expect(keys.size).toBe(BUCKETS);
  ring.close();
});

test('the files of a ring are readable by their owner alone, and hold no key in clear', () => {
  const paths = newRing();
  const ring = FileKeyRing.open(paths);
  for (const path of Object.values(paths)) expect(statSync(path).mode & 0o077).toBe(0);
  const bytes = readFileSync(paths.ringFile);
  for (const bucket of [0, 511, 1023])
    expect(bytes.includes(ring.bucketKeys(bucket)[0].key)).toBe(false);
  expect(bytes.includes(ring.secret('identifier pepper'))).toBe(false);
  ring.close();
});

test('a second version stands beside the first until the first is destroyed', () => {
  const ring = FileKeyRing.open(newRing());
  const [first] = ring.bucketKeys(7);
  const second = ring.addVersion(7);
  expect(ring.bucketKeys(7).map(({ version }) => version)).toEqual([2n, 1n]);
  ring.destroyOldVersions(7);
  expect(ring.bucketKeys(7)).toEqual([second]);
  expect(second.key.equals(first.key)).toBe(false);
  ring.close();
});

test('adding a version again, as after a crash, gives the one that was left behind', () => {
  const ring = FileKeyRing.open(newRing());
  const added = ring.addVersion(9);
  expect(ring.addVersion(9)).toEqual(added);
  ring.close();
});

test('another process sees a new version at once', () => {
  const paths = newRing();
  const [writer, reader] = [FileKeyRing.open(paths), FileKeyRing.open(paths)];
  reader.bucketKeys(3);
  const added = writer.addVersion(3);
  writer.destroyOldVersions(3);
  expect(reader.bucketKeys(3)).toEqual([added]);
  writer.close();
  reader.close();
});

test('a destroyed version leaves no byte of its slot in the file', () => {
  const paths = newRing();
  const before = readFileSync(paths.ringFile);
  const ring = FileKeyRing.open(paths);
  ring.addVersion(0);
  ring.destroyOldVersions(0);
  const slot = readFileSync(paths.ringFile).subarray(4096, 4096 + 128);
  expect(before.subarray(4096, 4096 + 69).some((byte) => byte !== 0)).toBe(true);
  expect(slot.every((byte) => byte === 0)).toBe(true);
  ring.close();
});

test('rotating every bucket many times never touches a neighbour', () => {
  const ring = FileKeyRing.open(newRing());
  const neighbour = ring.bucketKeys(6);
  for (let round = 0; round < 5; round += 1) {
    ring.addVersion(5);
    ring.destroyOldVersions(5);
  }
  expect(ring.bucketKeys(6)).toEqual(neighbour);
  expect(ring.bucketKeys(5)[0].version).toBe(6n);
  ring.close();
});

test('a ring under another root key, cut short, or missing does not open', () => {
  const foreign = newRing();
  copyFileSync(newRing().rootKeyFile, foreign.rootKeyFile);
  expect(() => FileKeyRing.open(foreign)).toThrow('did not open');
  const cut = newRing();
  truncateSync(cut.ringFile, 5000);
  expect(() => FileKeyRing.open(cut)).toThrow('damaged');
  expect(() => FileKeyRing.open({ ...cut, ringFile: join(folder, 'nothing') })).toThrow(
    'no key ring',
  );
});

test('a slot moved to another bucket does not open there', () => {
  const paths = newRing();
  const bytes = readFileSync(paths.ringFile);
  bytes.copy(bytes, 4096 + 2 * 128, 4096, 4096 + 128);
  writeFileSync(paths.ringFile, bytes);
  const ring = FileKeyRing.open(paths);
  expect(() => ring.bucketKeys(1)).toThrow('has no key');
  ring.close();
});

test('a new version that was torn while it was written is as if it had never been', () => {
  const paths = newRing();
  const before = FileKeyRing.open(paths);
  const [first] = before.bucketKeys(4);
  before.addVersion(4);
  before.close();
  const bytes = readFileSync(paths.ringFile);
  bytes.fill(0x5a, 4096 + (4 * 2 + 1) * 128 + 40, 4096 + (4 * 2 + 2) * 128);
  writeFileSync(paths.ringFile, bytes);
  const ring = FileKeyRing.open(paths);
  expect(ring.bucketKeys(4)).toEqual([first]);
  ring.addVersion(4);
  ring.destroyOldVersions(4);
  expect(ring.bucketKeys(4)[0].key.equals(first.key)).toBe(false);
  ring.close();
});

test('the keys of days are made once, and those of past days are destroyed', () => {
  const ring = FileKeyRing.open(newRing());
  expect(ring.dayKeys()).toEqual([]);
  const made = ring.ensureDayKey(20_000n);
  expect(ring.ensureDayKey(20_000n)).toEqual(made);
  ring.ensureDayKey(20_008n);
  ring.destroyDayKeysBefore(20_001n);
  expect(ring.dayKeys().map(({ version }) => version)).toEqual([20_008n]);
  ring.close();
});
