import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SealBroken } from '../../../lib/crypto/envelope.ts';
import { createKeyRing, FileKeyRing } from '../../../lib/crypto/file-key-ring.ts';
import { IdentifierIndex } from '../../../lib/crypto/identifier-index.ts';
import { createSubjectKey, openSubjectKey } from '../../../lib/crypto/subject-cipher.ts';
import { SubjectKeyCache } from '../../../lib/crypto/subject-key-cache.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const paths = { ringFile: join(folder, 'ring'), rootKeyFile: join(folder, 'root') };
createKeyRing(paths);
const ring = FileKeyRing.open(paths);
afterAll(() => ring.close());

const newSubject = (bucket = 12) => {
  const subjectId = randomUUID();
  return { subjectId, ...createSubjectKey(ring, subjectId, bucket) };
};

test('a text opens in its own column, row and person, and nowhere else', () => {
  const [one, other] = [newSubject(), newSubject()];
  const row = randomUUID();
  const sealed = one.cipher.seal('messages.sealed_text', row, 'hello');
  expect(one.cipher.open('messages.sealed_text', row, sealed)).toBe('hello');
  expect(() => one.cipher.open('messages.sealed_text', randomUUID(), sealed)).toThrow(SealBroken);
  expect(() => one.cipher.open('deliveries.sealed_text', row, sealed)).toThrow(SealBroken);
  expect(() => other.cipher.open('messages.sealed_text', row, sealed)).toThrow(SealBroken);
});

test('a wrapped key opens again for its own subject only', () => {
  const { subjectId, key, cipher } = newSubject();
  const row = randomUUID();
  const sealed = cipher.seal('messages.sealed_text', row, 'hello');
  expect(openSubjectKey(ring, subjectId, key).open('messages.sealed_text', row, sealed)).toBe(
    'hello',
  );
  expect(() => openSubjectKey(ring, randomUUID(), key)).toThrow(SealBroken);
  expect(() => openSubjectKey(ring, subjectId, { ...key, bucket: 13 })).toThrow(SealBroken);
});

test('once the bucket has a new key and the old one is destroyed, a kept wrapped key opens nothing', () => {
  const { subjectId, key } = newSubject(20);
  ring.addVersion(20);
  expect(openSubjectKey(ring, subjectId, key).subjectId).toBe(subjectId);
  ring.destroyOldVersions(20);
  expect(() => openSubjectKey(ring, subjectId, key)).toThrow(SealBroken);
});

test('a message id has the same fingerprint for one person and another for every other', () => {
  const [one, other] = [newSubject(), newSubject()];
  expect(one.cipher.fingerprint('id')).toEqual(one.cipher.fingerprint('id'));
  expect(one.cipher.fingerprint('id')).not.toEqual(other.cipher.fingerprint('id'));
});

test('an identifier is found by equality on its own account, until the key of its bucket is destroyed', () => {
  const index = new IdentifierIndex(ring);
  const phone = { kind: 'whatsapp phone', value: '+15550001111' } as const;
  const [entry] = index.entriesOf('account', phone);
  expect(index.entriesOf('account', phone)[0]).toEqual(entry);
  expect(index.entriesOf('another account', phone)[0].block).not.toEqual(entry.block);
  ring.addVersion(entry.bucket);
  const during = index.entriesOf('account', phone);
  expect(during).toHaveLength(2);
  expect(during[1]).toEqual(entry);
  ring.destroyOldVersions(entry.bucket);
  const after = index.entriesOf('account', phone);
  expect(after).toHaveLength(1);
  expect(after[0].block).not.toEqual(entry.block);
});

test('identifiers spread over all buckets', () => {
  const index = new IdentifierIndex(ring);
  const buckets = new Set<number>();
  for (let n = 0; n < 20_000; n += 1) {
    buckets.add(index.bucketOf('account', { kind: 'whatsapp phone', value: `+1555${n}` }));
  }
  expect(buckets.size).toBe(1024);
});

test('an opened key is forgotten after a minute, and the oldest when there are too many', () => {
  let now = 0;
  const cache = new SubjectKeyCache({ capacity: 2, now: () => now });
  const [one, two, three] = [newSubject().cipher, newSubject().cipher, newSubject().cipher];
  cache.put(one);
  cache.put(two);
  expect(cache.get(one.subjectId)).toBe(one);
  cache.put(three);
  expect(cache.get(one.subjectId)).toBeUndefined();
  now = 59_999;
  expect(cache.get(two.subjectId)).toBe(two);
  now = 60_000;
  expect(cache.get(two.subjectId)).toBeUndefined();
  cache.put(two);
  cache.evict(two.subjectId);
  expect(cache.get(two.subjectId)).toBeUndefined();
});
