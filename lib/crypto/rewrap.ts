import { createDecipheriv } from 'node:crypto';
import { deriveKey, SealBroken } from './envelope.ts';
import { encryptBlock } from './identifier-index.ts';
import type { IndexEntry } from './identifier-index.ts';
import type { KeyRing } from './key-ring.ts';
import { openDataKey, wrapDataKey } from './subject-cipher.ts';
import type { WrappedKey } from './subject-cipher.ts';

/** The same data key under the newest version of its bucket's key. The data key itself does not change. */
export function rewrapSubjectKey(ring: KeyRing, subjectId: string, key: WrappedKey): WrappedKey {
  return wrapDataKey(ring, subjectId, key.bucket, openDataKey(ring, subjectId, key));
}

/** The same identifier's block under the newest version: the identifier itself is not needed, and not known. */
export function rewrapBlock(ring: KeyRing, { bucket, version, block }: IndexEntry): IndexEntry {
  const [newest] = ring.bucketKeys(bucket);
  const hash = openBlock(ring, { bucket, version, block });
  return { bucket, version: newest.version, block: encryptBlock(deriveKey(newest.key, 'identifier index'), hash) };
}

/** The hash that a block stands for; it leads to the identifier for nobody who does not know that already. */
export function openBlock(ring: KeyRing, { bucket, version, block }: IndexEntry): Buffer {
  const found = ring.bucketKeys(bucket).find((one) => one.version === version);
  if (found === undefined) throw new SealBroken();
  return decryptBlock(deriveKey(found.key, 'identifier index'), block);
}

function decryptBlock(key: Buffer, block: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return Buffer.concat([decipher.update(block), decipher.final()]);
}
