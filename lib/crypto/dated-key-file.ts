import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync } from 'node:fs';
import { isBlank, readAt, RING_DISK, writeWhole } from './ring-disk.ts';
import type { RingDisk } from './ring-disk.ts';

/** One key of the file: 32 bytes. Generations only grow. */
export interface DatedKey {
  generation: number;
  madeAt: Date;
  key: Buffer;
}

const KEY_BYTES = 32;
/** A sector each, so that a power cut can tear one slot and never both. */
const SLOT_BYTES = 512;
const SLOTS = [0, 1] as const;
export const DATED_KEY_FILE_BYTES = SLOTS.length * SLOT_BYTES;
const SUMMED_BYTES = 8 + 8 + KEY_BYTES;
const SUM_BYTES = 32;

type Slot = (typeof SLOTS)[number];

/**
 * A file of two slots for a key that is replaced from time to time: the next one is written beside it, and the old one is
 * overwritten in place once nothing needs it. Every process reads it anew at each use, so that all have the same.
 */
export class DatedKeyFile {
  readonly #file: number;
  readonly #path: string;
  readonly #disk: RingDisk;

  private constructor(file: number, path: string, disk: RingDisk) {
    this.#file = file;
    this.#path = path;
    this.#disk = disk;
  }

  static open(path: string, disk: RingDisk = RING_DISK): DatedKeyFile {
    if (!existsSync(path))
      throw new Error(
        `There is no key file at ${path}: put it back, or restore from a key backup.`,
      );
    const file = openSync(path, 'r+');
    if (fstatSync(file).size === DATED_KEY_FILE_BYTES) return new DatedKeyFile(file, path, disk);
    closeSync(file);
    throw new Error(
      `The key file ${path} is not ${DATED_KEY_FILE_BYTES} bytes long: it is damaged, or something else.`,
    );
  }

  close(): void {
    closeSync(this.#file);
  }

  /** The keys that are there, newest first: two only while one replaces the other. */
  keys(): DatedKey[] {
    return this.#held()
      .map(({ key }) => key)
      .sort((a, b) => b.generation - a.generation);
  }

  /** Writes the next key beside the newest; whatever is in its slot is overwritten. */
  add(now: Date): DatedKey {
    const [newest] = this.keys();
    const next = {
      generation: (newest?.generation ?? 0) + 1,
      madeAt: now,
      key: randomBytes(KEY_BYTES),
    };
    const holder = this.#held().find(({ key }) => key.generation === newest?.generation)?.slot;
    this.#write(holder === 0 ? 1 : 0, slotOf(next));
    return next;
  }

  /** Overwrites every slot but those of keys that are kept, and reads back that they are blank; returns how many keys went. */
  destroyUnless(isKept: (key: DatedKey) => boolean): number {
    let destroyed = 0;
    for (const slot of SLOTS) {
      const bytes = this.#read(slot);
      const key = parseSlot(bytes);
      if (isBlank(bytes) || (key !== null && isKept(key))) continue;
      this.#write(slot, Buffer.alloc(SLOT_BYTES));
      if (!isBlank(this.#read(slot)))
        throw new Error(`An old key in ${this.#path} survived its overwriting.`);
      destroyed += 1;
    }
    return destroyed;
  }

  /** Whether a slot holds anything but the newest key: an older one, or what is left of one. */
  hasLeftover(): boolean {
    return SLOTS.filter((slot) => !isBlank(this.#read(slot))).length > 1;
  }

  #held(): { slot: Slot; key: DatedKey }[] {
    return SLOTS.flatMap((slot) => {
      const key = parseSlot(this.#read(slot));
      return key === null ? [] : [{ slot, key }];
    });
  }

  #read(slot: Slot): Buffer {
    return readAt(this.#file, slot * SLOT_BYTES, SLOT_BYTES);
  }

  #write(slot: Slot, bytes: Buffer): void {
    this.#disk.write(this.#file, bytes, slot * SLOT_BYTES);
    this.#disk.sync(this.#file);
  }
}

/** Makes the file, with a first key or without any. There must be none yet. */
export function createDatedKeyFile(path: string, first: 'with a key' | 'empty', now: Date): void {
  const bytes = Buffer.alloc(DATED_KEY_FILE_BYTES);
  if (first === 'with a key')
    slotOf({ generation: 1, madeAt: now, key: randomBytes(KEY_BYTES) }).copy(bytes);
  writeWhole(path, bytes);
}

function slotOf({ generation, madeAt, key }: DatedKey): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  slot.writeBigUInt64BE(BigInt(generation), 0);
  slot.writeBigUInt64BE(BigInt(madeAt.getTime()), 8);
  key.copy(slot, 16);
  sumOf(slot).copy(slot, SUMMED_BYTES);
  return slot;
}

/** Null for a slot that is blank, or was torn while it was written or overwritten. */
function parseSlot(slot: Buffer): DatedKey | null {
  const generation = Number(slot.readBigUInt64BE(0));
  const sum = slot.subarray(SUMMED_BYTES, SUMMED_BYTES + SUM_BYTES);
  if (generation === 0 || !timingSafeEqual(sum, sumOf(slot))) return null;
  const madeAt = new Date(Number(slot.readBigUInt64BE(8)));
  return { generation, madeAt, key: Buffer.from(slot.subarray(16, SUMMED_BYTES)) };
}

function sumOf(slot: Buffer): Buffer {
  return createHash('sha256').update(slot.subarray(0, SUMMED_BYTES)).digest();
}
