import { closeSync, existsSync, fstatSync, openSync } from 'node:fs';
import { seal } from './envelope.ts';
import { BUCKETS, RING_SECRETS } from './key-ring.ts';
import type { RingSecret } from './key-ring.ts';
import { openSlot, openUnder, SEALED_KEY_BYTES, sealSlot, SLOT_BYTES } from './key-slot.ts';
import type { NumberedKey, RootedKey } from './key-slot.ts';
import { readAt } from './ring-disk.ts';
import type { RingDisk } from './ring-disk.ts';
import { RootKeyFile } from './root-key.ts';
import type { RootKeys } from './root-key.ts';

const MAGIC = Buffer.from('mayfly key ring 1');
/** A secret stands in one of two places, and in both only while it moves from an old root key to a new one. */
const SECRET_PLACES = [MAGIC.length, 1024] as const;
/** Days whose tombstone keys fit; more than any tombstone lives. */
const DAY_SLOTS = 16;
const DAYS_OFFSET = 2048;
/** One slot before those of the days, for the day that moves from an old root key to a new one. */
const SPARE = -1;
const BUCKETS_OFFSET = 4096;
const SLOTS_PER_BUCKET = 2;
export const RING_BYTES = BUCKETS_OFFSET + BUCKETS * SLOTS_PER_BUCKET * SLOT_BYTES;

export interface KeyRingPaths {
  ringFile: string;
  rootKeyFile: string;
}

/** A key as it lies in one of the slots that it could lie in. */
export interface HeldKey extends RootedKey {
  slot: number;
}
export interface HeldSecret {
  place: 0 | 1;
  key: Buffer;
  root: number;
}

/** What lies where in the ring's file. It reads and writes, and knows nothing of who may do so when. */
export class RingSlots {
  readonly root: RootKeyFile;
  readonly #file: number;
  readonly #disk: RingDisk;

  private constructor(file: number, root: RootKeyFile, disk: RingDisk) {
    this.#file = file;
    this.root = root;
    this.#disk = disk;
  }

  /** A missing, damaged or foreign file is an error that says what to do. */
  static open({ ringFile, rootKeyFile }: KeyRingPaths, disk: RingDisk): RingSlots {
    if (!existsSync(ringFile)) {
      throw new Error(
        `There is no key ring at ${ringFile}: run "npm run migrate", or restore it from its key backup.`,
      );
    }
    const root = RootKeyFile.open(rootKeyFile, disk);
    const slots = new RingSlots(openSync(ringFile, 'r+'), root, disk);
    const isRing = slots.#read(0, MAGIC.length).equals(MAGIC);
    if (isRing && fstatSync(slots.#file).size === RING_BYTES) return slots;
    slots.close();
    throw new Error(
      `The key ring ${ringFile} is damaged or of another version: restore it from its key backup.`,
    );
  }

  close(): void {
    closeSync(this.#file);
    this.root.close();
  }

  /**
   * The keys in a bucket's slots, newest first; of a key that is there twice, the copy under the newer root key comes
   * first.
   */
  bucket(bucket: number): HeldKey[] {
    const bytes = this.#read(bucketOffset(bucket, 0), SLOTS_PER_BUCKET * SLOT_BYTES);
    // Only now: a root key that a slot was sealed under is there for as long as the slot is.
    const roots = this.root.keys();
    return [0, 1]
      .flatMap((slot) => {
        const key = openSlot(roots, bucketPlace(bucket), slotAt(bytes, slot));
        return key === null ? [] : [{ slot, ...key }];
      })
      .sort(newestFirst);
  }

  writeBucket(bucket: number, slot: number, key: NumberedKey | null): void {
    this.#write(bucketOffset(bucket, slot), this.#slotOf(bucketPlace(bucket), key));
  }

  bucketSlotBytes(bucket: number, slot: number): Buffer {
    return this.#read(bucketOffset(bucket, slot), SLOT_BYTES);
  }

  /** The keys of days; of a key that is there twice, the copy under the newer root key comes first. */
  days(): HeldKey[] {
    // All in one go: a day that moves meanwhile is in its slot or in the spare one.
    const bytes = this.#read(dayOffset(SPARE), (DAY_SLOTS + 1) * SLOT_BYTES);
    const roots = this.root.keys();
    return Array.from({ length: DAY_SLOTS + 1 }, (_, index) => index + SPARE)
      .flatMap((slot) => {
        const key = openSlot(roots, 'day', slotAt(bytes, slot - SPARE));
        return key === null ? [] : [{ slot, ...key }];
      })
      .sort(newestFirst);
  }

  writeDay(slot: number, key: NumberedKey | null): void {
    this.#write(dayOffset(slot), this.#slotOf('day', key));
  }

  secret(name: RingSecret): HeldSecret[] {
    const sealed = ([0, 1] as const).map((place) => ({
      place,
      bytes: this.#read(secretOffset(name, place), SEALED_KEY_BYTES),
    }));
    const roots = this.root.keys();
    return sealed
      .flatMap(({ place, bytes }) => {
        const opened = openUnder(roots, bytes, secretContext(name));
        return opened === null ? [] : [{ place, ...opened }];
      })
      .sort((a, b) => b.root - a.root);
  }

  writeSecret(name: RingSecret, place: 0 | 1, key: Buffer | null): void {
    const bytes =
      key === null
        ? Buffer.alloc(SEALED_KEY_BYTES)
        : seal(this.root.keys()[0].key, key, secretContext(name));
    this.#write(secretOffset(name, place), bytes);
  }

  /** Returns when everything written before is on the disk. */
  sync(): void {
    this.#disk.sync(this.#file);
  }

  #slotOf(place: string, key: NumberedKey | null): Buffer {
    return key === null ? Buffer.alloc(SLOT_BYTES) : sealSlot(this.root.keys()[0], place, key);
  }

  #read(offset: number, length: number): Buffer {
    return readAt(this.#file, offset, length);
  }

  #write(offset: number, bytes: Buffer): void {
    this.#disk.write(this.#file, bytes, offset);
  }
}

/** The bytes of a new ring, every bucket with its first key. */
export function newRing(roots: RootKeys, newKey: () => Buffer): Buffer {
  const bytes = Buffer.alloc(RING_BYTES);
  MAGIC.copy(bytes);
  for (const name of RING_SECRETS)
    seal(roots[0].key, newKey(), secretContext(name)).copy(bytes, secretOffset(name, 0));
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const first = { version: 1n, key: newKey() };
    sealSlot(roots[0], bucketPlace(bucket), first).copy(bytes, bucketOffset(bucket, 0));
  }
  return bytes;
}

/** The slot in which the key of a day belongs. */
export function slotOfDay(day: bigint): number {
  return Number(day % BigInt(DAY_SLOTS));
}

export const SPARE_DAY_SLOT = SPARE;

function newestFirst(a: RootedKey, b: RootedKey): number {
  if (a.version !== b.version) return a.version < b.version ? 1 : -1;
  return b.root - a.root;
}

function slotAt(bytes: Buffer, index: number): Buffer {
  return bytes.subarray(index * SLOT_BYTES, (index + 1) * SLOT_BYTES);
}

function secretContext(name: RingSecret): string[] {
  return ['ring secret', name];
}

function secretOffset(name: RingSecret, place: 0 | 1): number {
  return SECRET_PLACES[place] + RING_SECRETS.indexOf(name) * SEALED_KEY_BYTES;
}

function dayOffset(slot: number): number {
  return DAYS_OFFSET + slot * SLOT_BYTES;
}

function bucketOffset(bucket: number, slot: number): number {
  return BUCKETS_OFFSET + (bucket * SLOTS_PER_BUCKET + slot) * SLOT_BYTES;
}

function bucketPlace(bucket: number): string {
  return `bucket ${bucket}`;
}
