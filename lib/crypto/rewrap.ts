import { createDecipheriv } from 'node:crypto';
import { deriveKey, SealBroken } from './envelope.ts';
import { encryptBlock } from './identifier-index.ts';
import type { IndexEntry } from './identifier-index.ts';
import type { BucketKey, KeyRing } from './key-ring.ts';
import { openDataKey, wrapDataKey } from './subject-cipher.ts';
import type { WrappedKey } from './subject-cipher.ts';

/** The same data key under the newest version of its bucket's key. The data key itself does not change. */
export function rewrapSubjectKey(ring: KeyRing, subjectId: string, key: WrappedKey): WrappedKey {
  return wrapDataKey(ring, subjectId, key.bucket, openDataKey(ring, subjectId, key));
}

/** The same identifier's block under the newest version: the identifier itself is not needed, and not known. */
export function rewrapBlock(ring: KeyRing, { bucket, version, block }: IndexEntry): IndexEntry {
  const keys = ring.bucketKeys(bucket);
  const [newest] = keys;
  const hash = decryptBlock(indexKeyOf(keys, version), block);
  return { bucket, version: newest.version, block: encryptBlock(indexKeyOf(keys, newest.version), hash) };
}

function indexKeyOf(keys: readonly BucketKey[], version: bigint): Buffer {
  const found = keys.find((one) => one.version === version);
  if (found === undefined) throw new SealBroken();
  return deriveKey(found.key, 'identifier index');
}

function decryptBlock(key: Buffer, block: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return Buffer.concat([decipher.update(block), decipher.final()]);
}
