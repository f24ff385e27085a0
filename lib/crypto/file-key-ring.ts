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
import { open, seal, SealBroken } from './envelope.ts';
import { BUCKETS, RING_SECRETS } from './key-ring.ts';
import type { BucketKey, KeyRing, RingSecret } from './key-ring.ts';
import { openSlot, SEALED_KEY_BYTES, sealSlot, SLOT_BYTES } from './key-slot.ts';
import type { NumberedKey } from './key-slot.ts';
import { createRootKey, readRootKey } from './root-key.ts';

const SLOTS_PER_BUCKET = 2;
/** Days whose tombstone keys fit; more than any tombstone lives. */
const DAY_SLOTS = 16;
const DAYS_OFFSET = 2048;
const BUCKETS_OFFSET = 4096;
const KEY_BYTES = 32;
const MAGIC = Buffer.from('mayfly key ring 1');
const RING_BYTES = BUCKETS_OFFSET + BUCKETS * SLOTS_PER_BUCKET * SLOT_BYTES;

export interface KeyRingPaths {
  ringFile: string;
  rootKeyFile: string;
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
    const ring = new FileKeyRing(file, root);
    if (!ring.#read(0, MAGIC.length).equals(MAGIC) || fstatSync(file).size !== RING_BYTES) {
      closeSync(file);
      throw new Error(
        `The key ring ${ringFile} is damaged or of another version: restore it from its key backup.`,
      );
    }
    // A wrong root key must be found at start, not at the first message.
    try {
      ring.secret('identifier pepper');
    } catch (error) {
      closeSync(file);
      if (!(error instanceof SealBroken)) throw error;
      throw new Error(
        `The key ring ${ringFile} did not open: ${rootKeyFile} is the root key of another ring.`,
      );
    }
    return ring;
  }

  close(): void {
    closeSync(this.#file);
  }

  bucketKeys(bucket: number): readonly [BucketKey, ...BucketKey[]] {
    const [newest, ...older] = this.#versions(bucket);
    return [newest.key, ...older.map(({ key }) => key)];
  }

  secret(name: RingSecret): Buffer {
    const sealed = this.#read(secretOffset(name), SEALED_KEY_BYTES);
    return open(this.#root, sealed, ['ring secret', name]);
  }

  addVersion(bucket: number): BucketKey {
    const [newest, left] = this.#versions(bucket);
    if (left !== undefined) return newest.key;
    const next = { version: newest.key.version + 1n, key: randomBytes(KEY_BYTES) };
    const slot = newest.slot === 0 ? 1 : 0;
    this.#write(bucketOffset(bucket, slot), sealSlot(this.#root, bucketPlace(bucket), next));
    return next;
  }

  destroyOldVersions(bucket: number): void {
    const [newest] = this.#versions(bucket);
    const other = bucketOffset(bucket, newest.slot === 0 ? 1 : 0);
    this.#write(other, Buffer.alloc(SLOT_BYTES));
    if (!isBlank(this.#read(other, SLOT_BYTES)))
      throw new Error(`An old key of bucket ${bucket} survived its overwriting.`);
  }

  dayKeys(): readonly NumberedKey[] {
    const bytes = this.#read(DAYS_OFFSET, DAY_SLOTS * SLOT_BYTES);
    const slots = Array.from({ length: DAY_SLOTS }, (_, slot) =>
      bytes.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES),
    );
    return slots.map((slot) => openSlot(this.#root, 'day', slot)).filter((key) => key !== null);
  }

  ensureDayKey(day: bigint): NumberedKey {
    const known = this.dayKeys().find(({ version }) => version === day);
    if (known !== undefined) return known;
    const made = { version: day, key: randomBytes(KEY_BYTES) };
    this.#write(dayOffset(day), sealSlot(this.#root, 'day', made));
    return made;
  }

  destroyDayKeysBefore(day: bigint): void {
    for (const { version } of this.dayKeys()) {
      if (version < day) this.#write(dayOffset(version), Buffer.alloc(SLOT_BYTES));
    }
  }

  #versions(
    bucket: number,
  ): [{ slot: 0 | 1; key: BucketKey }, ...{ slot: 0 | 1; key: BucketKey }[]] {
    const found = ([0, 1] as const).flatMap((slot) => {
      const key = openSlot(
        this.#root,
        bucketPlace(bucket),
        this.#read(bucketOffset(bucket, slot), SLOT_BYTES),
      );
      return key === null ? [] : [{ slot, key }];
    });
    const [newest, ...older] = found.sort((a, b) => (a.key.version < b.key.version ? 1 : -1));
    if (newest === undefined)
      throw new Error(`Bucket ${bucket} has no key: restore the key ring from its key backup.`);
    return [newest, ...older];
  }

  #read(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    readSync(this.#file, bytes, 0, length, offset);
    return bytes;
  }

  #write(offset: number, bytes: Buffer): void {
    writeSync(this.#file, bytes, 0, bytes.length, offset);
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
  for (const name of RING_SECRETS) {
    seal(root, randomBytes(KEY_BYTES), ['ring secret', name]).copy(bytes, secretOffset(name));
  }
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const first = { version: 1n, key: randomBytes(KEY_BYTES) };
    sealSlot(root, bucketPlace(bucket), first).copy(bytes, bucketOffset(bucket, 0));
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

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

function secretOffset(name: RingSecret): number {
  return MAGIC.length + RING_SECRETS.indexOf(name) * SEALED_KEY_BYTES;
}

function dayOffset(day: bigint): number {
  return DAYS_OFFSET + Number(day % BigInt(DAY_SLOTS)) * SLOT_BYTES;
}

function bucketOffset(bucket: number, slot: 0 | 1): number {
  return BUCKETS_OFFSET + (bucket * SLOTS_PER_BUCKET + slot) * SLOT_BYTES;
}

function bucketPlace(bucket: number): string {
  return `bucket ${bucket}`;
}
