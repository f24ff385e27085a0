import { createDecipheriv, createSecretKey } from 'node:crypto';
import { deriveKey, open, seal, SealBroken } from './envelope.ts';
import { BLOCK_BYTES, encryptBlocks } from './identifier-index.ts';
import type { IndexEntry } from './identifier-index.ts';
import type { BucketKey, KeyRing } from './key-ring.ts';
import { wrapContext } from './subject-cipher.ts';
import type { WrappedKey } from './subject-cipher.ts';

/** Moves what lies under any version of one bucket's key to its newest. */
export interface Rewrap {
  /** The newest version. */
  version: bigint;
  /** The same data key under the newest version. The data key itself does not change. */
  key(subjectId: string, version: bigint, wrapped: Buffer): Buffer;
  /** The same identifiers' blocks under the newest version: the identifiers themselves are not needed, and not known. */
  blocks(version: bigint, blocks: readonly Buffer[]): Buffer[];
}

/** Reads the bucket's keys once, for all who are in it: keep everybody else out of the bucket while it is used. */
export function createRewrap(ring: KeyRing, bucket: number): Rewrap {
  const [newest, ...older] = ring.bucketKeys(bucket);
  const next = derived(newest);
  const known = [next, ...older.map(derived)];
  const under = (wanted: bigint) => {
    const found = known.find(({ version }) => version === wanted);
    if (found === undefined) throw new SealBroken();
    return found;
  };
  return {
    version: next.version,
    key: (subjectId, version, wrapped) => {
      const dataKey = open(
        under(version).wrapping,
        wrapped,
        wrapContext(subjectId, bucket, version),
      );
      return seal(next.wrapping, dataKey, wrapContext(subjectId, bucket, next.version));
    },
    blocks: (version, blocks) => {
      // All in one go: making a cipher for each costs two hundred times as much as the encryption itself.
      const moved = encryptBlocks(
        next.index,
        decryptBlocks(under(version).index, Buffer.concat(blocks)),
      );
      return blocks.map((_, place) =>
        moved.subarray(place * BLOCK_BYTES, (place + 1) * BLOCK_BYTES),
      );
    },
  };
}

function derived({ version, key }: BucketKey) {
  return {
    version,
    wrapping: createSecretKey(deriveKey(key, 'wrapping')),
    index: deriveKey(key, 'identifier index'),
  };
}

/** A subject's data key itself, for a backup of keys; throws `SealBroken` when the bucket's key of that version is gone. */
export function unwrapKey(
  ring: KeyRing,
  subjectId: string,
  { bucket, version, wrapped }: WrappedKey,
): Buffer {
  const found = ring.bucketKeys(bucket).find((one) => one.version === version);
  if (found === undefined) throw new SealBroken();
  return open(deriveKey(found.key, 'wrapping'), wrapped, wrapContext(subjectId, bucket, version));
}

/** The same data key and the same identifiers' blocks, under the newest key of a bucket: what a backup gives back. */
export function wrapUnder(ring: KeyRing, bucket: number) {
  const { version, wrapping, index } = derived(ring.bucketKeys(bucket)[0]);
  return {
    version,
    key: (subjectId: string, dataKey: Buffer) =>
      seal(wrapping, dataKey, wrapContext(subjectId, bucket, version)),
    block: (hash: Buffer) => encryptBlocks(index, hash),
  };
}

/** The hash that a block stands for; it leads to the identifier only for someone who knows that already. */
export function openBlock(ring: KeyRing, { bucket, version, block }: IndexEntry): Buffer {
  const found = ring.bucketKeys(bucket).find((one) => one.version === version);
  if (found === undefined) throw new SealBroken();
  return decryptBlocks(deriveKey(found.key, 'identifier index'), block);
}

function decryptBlocks(key: Buffer, blocks: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return Buffer.concat([decipher.update(blocks), decipher.final()]);
}
