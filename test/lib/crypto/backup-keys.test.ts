import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BackupKeys } from '../../../lib/crypto/backup-keys.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HOUR_MS = 3_600_000;
const folder = temporaryFolder();
const start = new Date('2026-11-20T10:00:00Z');
const after = (hours: number) => new Date(start.getTime() + hours * HOUR_MS);
let made = 0;

function newKeys() {
  made += 1;
  const file = join(folder, `keys-${made}`, 'backup-keys');
  return { file, keys: new BackupKeys(file) };
}

test('backups of one day have one key, those of the next another, and its file is for its owner alone', () => {
  const { keys, file } = newKeys();
  const first = keys.forSealing(start);
  expect(keys.forSealing(after(23))).toEqual(first);
  const second = keys.forSealing(after(24));
  expect(second.key.equals(first.key)).toBe(false);
  expect(keys.find(first, after(24))).toEqual(first);
  expect(statSync(file).mode & 0o077).toBe(0);
});

test('a key opens nothing any more when it is 48 hours old, whether or not it was overwritten', () => {
  const { keys } = newKeys();
  const key = keys.forSealing(start);
  expect(keys.find(key, after(47.9))).toEqual(key);
  expect(keys.isInUse(after(47.9))).toBe(true);
  expect(keys.find(key, after(48))).toBeNull();
  expect(keys.isInUse(after(48))).toBe(false);
});

test('an expired key leaves no byte in its file', () => {
  const { keys, file } = newKeys();
  const { key } = keys.forSealing(start);
  expect(readFileSync(file).includes(key)).toBe(true);
  expect(keys.destroyOlderThan(46 * HOUR_MS, after(45))).toBe(0);
  expect(keys.destroyOlderThan(46 * HOUR_MS, after(46))).toBe(1);
  expect(readFileSync(file).every((byte) => byte === 0)).toBe(true);
});

test('a backup after weeks without any overwrites every key from before', () => {
  const { keys, file } = newKeys();
  const old = [keys.forSealing(start), keys.forSealing(after(25))];
  const next = keys.forSealing(after(500));
  for (const { key } of old) expect(readFileSync(file).includes(key)).toBe(false);
  expect(keys.find(next, after(500))).toEqual(next);
});

test('without a file there is no key, and nothing to destroy', () => {
  const { keys } = newKeys();
  expect(keys.isInUse(start)).toBe(false);
  expect(keys.destroyOlderThan(0, start)).toBe(0);
  expect(keys.find({ generation: 1, madeAt: start }, start)).toBeNull();
});
