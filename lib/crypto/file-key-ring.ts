import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { open, seal } from './envelope.ts';
import { BUCKETS, RING_SECRETS } from './key-ring.ts';
import type { BucketKey, KeyRing, RingSecret } from './key-ring.ts';
import { createRootKey, readRootKey } from './root-key.ts';

// A slot never crosses a 512-byte sector, so that a power cut cannot tear a slot and its neighbour.
const SLOT_BYTES = 128;
const SLOTS_PER_BUCKET = 2;
const HEADER_BYTES = 4096;
const KEY_BYTES = 32;
const SEALED_KEY_BYTES = KEY_BYTES + 29;
const MAGIC = Buffer.from('mayfly key ring 1');
const RING_BYTES = HEADER_BYTES + BUCKETS * SLOTS_PER_BUCKET * SLOT_BYTES;

export interface KeyRingPaths {
  ringFile: string;
  rootKeyFile: string;
}

interface Slot {
  index: 0 | 1;
  bucketKey: BucketKey;
}

/**
 * The key ring of one host: a file of fixed slots, two per bucket, overwritten in place and synced.
 * Writing a new file and renaming it would leave the old keys on the disk.
 */
export class FileKeyRing implements KeyRing {
  readonly #file: number;
  readonly #root: Buffer;

  private constructor(file: number, root: Buffer) {
    this.#file = file;
    this.#root = root;
  }

  /** Opens the ring that `createKeyRing` made; a missing, damaged or foreign file is an error that says what to do. */
  static open({ ringFile, rootKeyFile }: KeyRingPaths): FileKeyRing {
    if (!existsSync(ringFile)) {
      throw new Error(
        `There is no key ring at ${ringFile}: run "npm run migrate", or restore it from its key backup.`,
      );
    }
    const root = readRootKey(rootKeyFile);
    const file = openSync(ringFile, 'r+');
    const magic = Buffer.alloc(MAGIC.length);
    readSync(file, magic, 0, MAGIC.length, 0);
    if (!magic.equals(MAGIC) || fstatSync(file).size !== RING_BYTES) {
      closeSync(file);
      throw new Error(
        `The key ring ${ringFile} is damaged or of another version: restore it from its key backup.`,
      );
    }
    const ring = new FileKeyRing(file, root);
    // A wrong root key must be found at start, not at the first message.
    ring.secret('identifier pepper');
    return ring;
  }

  close(): void {
    closeSync(this.#file);
  }

  bucketKeys(bucket: number): readonly [BucketKey, ...BucketKey[]] {
    const [newest, ...older] = this.#slots(bucket);
    if (newest === undefined)
      throw new Error(`Bucket ${bucket} has no key: restore the key ring from its key backup.`);
    return [newest.bucketKey, ...older.map(({ bucketKey }) => bucketKey)];
  }

  secret(name: RingSecret): Buffer {
    const place = MAGIC.length + RING_SECRETS.indexOf(name) * SEALED_KEY_BYTES;
    const sealed = Buffer.alloc(SEALED_KEY_BYTES);
    readSync(this.#file, sealed, 0, SEALED_KEY_BYTES, place);
    return open(this.#root, sealed, ['ring secret', name]);
  }

  addVersion(bucket: number): BucketKey {
    const [newest, left] = this.#slots(bucket);
    if (newest === undefined)
      throw new Error(`Bucket ${bucket} has no key: restore the key ring from its key backup.`);
    if (left !== undefined) return newest.bucketKey;
    const next = { version: newest.bucketKey.version + 1n, key: randomBytes(KEY_BYTES) };
    this.#write(bucket, newest.index === 0 ? 1 : 0, sealSlot(this.#root, bucket, next));
    return next;
  }

  destroyOldVersions(bucket: number): void {
    const [, ...older] = this.#slots(bucket);
    for (const slot of older) this.#write(bucket, slot.index, Buffer.alloc(SLOT_BYTES));
    if (this.#slots(bucket).length !== 1)
      throw new Error(`An old key of bucket ${bucket} survived its overwriting.`);
  }

  #slots(bucket: number): Slot[] {
    const bytes = Buffer.alloc(SLOTS_PER_BUCKET * SLOT_BYTES);
    readSync(this.#file, bytes, 0, bytes.length, slotOffset(bucket, 0));
    const slots: Slot[] = [];
    for (const index of [0, 1] as const) {
      const slot = bytes.subarray(index * SLOT_BYTES, (index + 1) * SLOT_BYTES);
      const version = slot.readBigUInt64BE(0);
      if (version === 0n) continue;
      const key = open(
        this.#root,
        slot.subarray(8, 8 + SEALED_KEY_BYTES),
        slotContext(bucket, version),
      );
      slots.push({ index, bucketKey: { version, key } });
    }
    return slots.sort((a, b) => (a.bucketKey.version < b.bucketKey.version ? 1 : -1));
  }

  #write(bucket: number, index: 0 | 1, bytes: Buffer): void {
    writeSync(this.#file, bytes, 0, SLOT_BYTES, slotOffset(bucket, index));
    fdatasyncSync(this.#file);
  }
}

/** Makes a ring with a key for every bucket. Only for an installation that holds no one yet. */
export function createKeyRing({ ringFile, rootKeyFile }: KeyRingPaths): void {
  for (const path of [ringFile, rootKeyFile])
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // A root key alone is what a crash between the two steps leaves; nothing was ever wrapped by it.
  const root = existsSync(rootKeyFile) ? readRootKey(rootKeyFile) : createRootKey(rootKeyFile);
  const bytes = Buffer.alloc(RING_BYTES);
  MAGIC.copy(bytes);
  RING_SECRETS.forEach((name, index) => {
    const sealed = seal(root, randomBytes(KEY_BYTES), ['ring secret', name]);
    sealed.copy(bytes, MAGIC.length + index * SEALED_KEY_BYTES);
  });
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const first = { version: 1n, key: randomBytes(KEY_BYTES) };
    sealSlot(root, bucket, first).copy(bytes, slotOffset(bucket, 0));
  }
  writeWhole(ringFile, bytes);
}

function writeWhole(path: string, bytes: Buffer): void {
  const unfinished = `${path}.${process.pid}.unfinished`;
  const file = openSync(unfinished, 'w', 0o600);
  try {
    writeSync(file, bytes);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
}

function sealSlot(root: Buffer, bucket: number, { version, key }: BucketKey): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  slot.writeBigUInt64BE(version, 0);
  seal(root, key, slotContext(bucket, version)).copy(slot, 8);
  return slot;
}

function slotOffset(bucket: number, index: 0 | 1): number {
  return HEADER_BYTES + (bucket * SLOTS_PER_BUCKET + index) * SLOT_BYTES;
}

function slotContext(bucket: number, version: bigint): string[] {
  return ['bucket key', String(bucket), String(version)];
}
