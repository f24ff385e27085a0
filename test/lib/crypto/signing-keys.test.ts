import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { readStatement, signStatement } from '../../../lib/crypto/signed-statement.ts';
import {
  ensureSigningKeys,
  SIGNING_KEY_AGE_MS,
  SigningKeys,
} from '../../../lib/crypto/signing-keys.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const START = new Date('2026-01-01T00:00:00Z');
const after = (ms: number) => new Date(START.getTime() + ms);
let counter = 0;

async function newFile(): Promise<string> {
  const file = join(folder, `${(counter += 1)}`, 'signing-keys.json');
  expect(await ensureSigningKeys(file, START)).toBe('replaced');
  return file;
}

interface Stored {
  keys: { kid: string; retired_at: string | null; x: string; d: string | null }[];
}
const stored = (file: string) => (JSON.parse(readFileSync(file, 'utf8')) as Stored).keys;
const sign = (keys: SigningKeys) =>
  signStatement(keys.current(), 'mayfly-checkpoint+jwt', { said: 1 });
const read = (statement: string, keys: SigningKeys) =>
  readStatement(statement, 'mayfly-checkpoint+jwt', keys.jwks());

test('the file of the keys is readable by its owner alone', async () => {
  expect(statSync(await newFile()).mode & 0o777).toBe(0o600);
});

test('what is published has no private half', async () => {
  const file = await newFile();
  const published = SigningKeys.open(file).jwks();
  expect(published.keys).toHaveLength(1);
  expect(Object.keys(published.keys[0]!).toSorted()).toEqual(['crv', 'kid', 'kty', 'x']);
  expect(JSON.stringify(published)).not.toContain(stored(file)[0]!.d);
});

test('a key is kept until it is 90 days old, then the next one signs, and the old one still verifies', async () => {
  const file = await newFile();
  const keys = SigningKeys.open(file);
  const first = keys.current().kid;
  const old = await sign(keys);
  expect(await keys.renew(after(SIGNING_KEY_AGE_MS - 1))).toBe('kept');
  expect(await keys.renew(after(SIGNING_KEY_AGE_MS))).toBe('replaced');
  expect(keys.current().kid).not.toBe(first);
  expect(await read(old, keys)).toMatchObject({
    isGenuine: true,
    kid: first,
    payload: { said: 1 },
  });
  expect(await read(await sign(keys), keys)).toMatchObject({
    isGenuine: true,
    kid: keys.current().kid,
  });
  expect(keys.jwks().keys.map(({ kid }) => kid)).toEqual([keys.current().kid, first]);
});

test('another process sees the new key without being told', async () => {
  const file = await newFile();
  const [one, other] = [SigningKeys.open(file), SigningKeys.open(file)];
  await one.renew(after(SIGNING_KEY_AGE_MS));
  expect(other.current().kid).toBe(one.current().kid);
});

test('the private half of a retired key is gone from the file, and its old bytes are overwritten on the disk', async () => {
  const file = await newFile();
  const { d } = stored(file)[0]!;
  // Opened before, as what a search of the disk would find: the old file's own blocks.
  const old = openSync(file, 'r');
  await SigningKeys.open(file).renew(after(SIGNING_KEY_AGE_MS));
  const bytes = Buffer.alloc(4096);
  const length = readSync(old, bytes, 0, bytes.length, 0);
  closeSync(old);
  expect(length).toBeGreaterThan(100);
  expect(bytes.every((byte) => byte === 0)).toBe(true);
  expect(stored(file).map((key) => [key.d === null, key.retired_at === null])).toEqual([
    [true, false],
    [false, true],
  ]);
  expect(readFileSync(file, 'utf8')).not.toContain(d);
  expect(existsSync(`${file}.replaced`) || existsSync(`${file}.unfinished`)).toBe(false);
});

test('a crash after the replacing is made good: the old file is overwritten by the next call', async () => {
  const file = await newFile();
  const old = openSync(file, 'r');
  linkSync(file, `${file}.replaced`);
  const next = join(folder, 'next.json');
  writeFileSync(next, readFileSync(file));
  renameSync(next, file);
  expect(await ensureSigningKeys(file, START)).toBe('kept');
  const bytes = Buffer.alloc(4096);
  readSync(old, bytes, 0, bytes.length, 0);
  closeSync(old);
  expect(bytes.every((byte) => byte === 0)).toBe(true);
  expect(existsSync(`${file}.replaced`)).toBe(false);
  expect(SigningKeys.open(file).current().kid).toBe(stored(file)[0]!.kid);
});

test('a crash before the replacing loses nothing', async () => {
  const file = await newFile();
  const before = readFileSync(file, 'utf8');
  linkSync(file, `${file}.replaced`);
  writeFileSync(`${file}.unfinished`, '{"half":');
  expect(await ensureSigningKeys(file, START)).toBe('kept');
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(await ensureSigningKeys(file, after(SIGNING_KEY_AGE_MS))).toBe('replaced');
  expect(stored(file)).toHaveLength(2);
});

test('public keys that were written back by hand verify, and a new key is made to sign', async () => {
  const file = await newFile();
  const keys = SigningKeys.open(file);
  const old = await sign(keys);
  const recovered = stored(file).map((key) => ({
    ...key,
    d: null,
    retired_at: START.toISOString(),
  }));
  writeFileSync(file, JSON.stringify({ version: 1, keys: recovered }));
  expect(() => SigningKeys.open(file)).toThrow('run "npm run migrate"');
  expect(await ensureSigningKeys(file, after(1))).toBe('replaced');
  expect(await read(old, SigningKeys.open(file))).toMatchObject({ isGenuine: true });
});

test('a missing file and a damaged one are told apart, and nothing of a key stands in the error', async () => {
  const file = await newFile();
  const keys = SigningKeys.open(file);
  const { d } = stored(file)[0]!;
  writeFileSync(file, `${readFileSync(file, 'utf8')}"${d}`);
  expect(() => SigningKeys.open(file)).toThrow(/is damaged: restore it from its backup\.$/);
  await expect(ensureSigningKeys(file, START)).rejects.toThrow('is damaged');
  renameSync(file, `${file}.away`);
  expect(() => SigningKeys.open(file)).toThrow('There are no signing keys at');
  // Only migrate may make new ones: a worker without its file must not.
  await expect(keys.renew(START)).rejects.toThrow('There are no signing keys at');
  expect(existsSync(file)).toBe(false);
});
