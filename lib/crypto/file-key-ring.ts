import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { failPoint } from '../fail-point.ts';
import type { BucketKey, KeyRing, RingSecret } from './key-ring.ts';
import type { NumberedKey } from './key-slot.ts';
import { isBlank, RING_DISK, writeWhole } from './ring-disk.ts';
import type { RingDisk } from './ring-disk.ts';
import { newRing, RingSlots, slotOfDay } from './ring-slots.ts';
import type { HeldKey, KeyRingPaths } from './ring-slots.ts';
import { createRootKey, RootKeyFile } from './root-key.ts';
import { RootKeyMove } from './root-key-move.ts';

const KEY_BYTES = 32;

/** What a backup gives back to a ring. */
export interface AdoptedKeys {
  secrets: Readonly<Record<RingSecret, Buffer>>;
  days: readonly NumberedKey[];
}

/**
 * The key ring of one host: a file of fixed slots, two per bucket, overwritten in place and synced.
 * Writing a new file and renaming it would leave the old keys on the disk.
 */
export class FileKeyRing implements KeyRing {
  /** Replaces the key that all of it is sealed under. */
  readonly rootKeyMove: RootKeyMove;
  readonly #slots: RingSlots;

  private constructor(slots: RingSlots) {
    this.#slots = slots;
    this.rootKeyMove = new RootKeyMove(slots);
  }

  /** Opens the ring that `createKeyRing` made; a missing, damaged or foreign file is an error that says what to do. */
  static open(paths: KeyRingPaths, disk: RingDisk = RING_DISK): FileKeyRing {
    const slots = RingSlots.open(paths, disk);
    const ring = new FileKeyRing(slots);
    // A wrong root key must be found at start, not at the first message.
    if (slots.secret('identifier pepper').length > 0) return ring;
    slots.close();
    throw new Error(
      `The key ring ${paths.ringFile} did not open: ${paths.rootKeyFile} is the root key of another ring.`,
    );
  }

  close(): void {
    this.#slots.close();
  }

  bucketKeys(bucket: number): readonly [BucketKey, ...BucketKey[]] {
    const [newest, older] = this.#versions(bucket);
    return older === undefined ? [bare(newest)] : [bare(newest), bare(older)];
  }

  secret(name: RingSecret): Buffer {
    // A second look: between the two readings of the first, a replacement of the root key may have ended.
    const [held] = [this.#slots.secret(name), this.#slots.secret(name)].flat();
    if (held !== undefined) return held.key;
    throw new Error('A secret of the key ring did not open: restore from a key backup.');
  }

  addVersion(bucket: number): BucketKey {
    this.addVersions([bucket]);
    return bare(this.#versions(bucket)[0]);
  }

  destroyOldVersions(bucket: number): void {
    failPoint('before overwrite');
    this.destroyOldVersionsOf([bucket]);
    failPoint('after overwrite');
  }

  /** `addVersion` for several buckets, with one wait for the disk. */
  addVersions(buckets: readonly number[]): void {
    for (const bucket of buckets) {
      const [newest, left] = this.#versions(bucket);
      if (left !== undefined) continue;
      const next = { version: newest.version + 1n, key: randomBytes(KEY_BYTES) };
      this.#slots.writeBucket(bucket, newest.slot === 0 ? 1 : 0, next);
    }
    this.#slots.sync();
  }

  /** `destroyOldVersions` for several buckets, with one wait for the disk. */
  destroyOldVersionsOf(buckets: readonly number[]): void {
    const others = buckets.map((bucket) => ({
      bucket,
      slot: this.#versions(bucket)[0].slot === 0 ? 1 : 0,
    }));
    for (const { bucket, slot } of others) this.#slots.writeBucket(bucket, slot, null);
    this.#slots.sync();
    const left = others.find(
      ({ bucket, slot }) => !isBlank(this.#slots.bucketSlotBytes(bucket, slot)),
    );
    if (left !== undefined)
      throw new Error(`An old key of bucket ${left.bucket} survived its overwriting.`);
  }

  dayKeys(): readonly NumberedKey[] {
    const days = this.#slots.days();
    return days.filter(({ version }, place) => version !== days[place - 1]?.version).map(bare);
  }

  ensureDayKey(day: bigint): NumberedKey {
    const known = this.dayKeys().find(({ version }) => version === day);
    if (known !== undefined) return known;
    const made = { version: day, key: randomBytes(KEY_BYTES) };
    this.#slots.writeDay(slotOfDay(day), made);
    this.#slots.sync();
    return made;
  }

  destroyDayKeysBefore(day: bigint): void {
    for (const { slot, version } of this.#slots.days()) {
      if (version < day) this.#slots.writeDay(slot, null);
    }
    this.#slots.sync();
  }

  /**
   * Takes the secrets and the keys of days of a backup, in place of those that are there. Only for an installation that
   * holds no one: what was hashed under another pepper can no longer be found.
   */
  adopt({ secrets, days }: AdoptedKeys): void {
    for (const [name, key] of Object.entries(secrets) as [RingSecret, Buffer][]) {
      if (this.secret(name).equals(key)) continue;
      const other = this.#slots.secret(name)[0]?.place === 0 ? 1 : 0;
      this.#slots.writeSecret(name, other, key);
      this.#slots.sync();
      this.#slots.writeSecret(name, other === 0 ? 1 : 0, null);
      this.#slots.sync();
    }
    for (const day of days) {
      if (this.dayKeys().some(({ version, key }) => version === day.version && key.equals(day.key)))
        continue;
      this.#slots.writeDay(slotOfDay(day.version), day);
      this.#slots.sync();
    }
  }

  /** One of each version, newest first. */
  #versions(bucket: number): [HeldKey, HeldKey?] {
    const read = () => {
      const [newest, other] = this.#slots.bucket(bucket);
      // The same version twice is one that was moved to another root key, and whose old copy was not removed yet.
      return { newest, older: other?.version === newest?.version ? undefined : other };
    };
    const { newest, older } = [read(), read()].find((one) => one.newest !== undefined) ?? read();
    if (newest === undefined)
      throw new Error(`Bucket ${bucket} has no key: restore the key ring from its key backup.`);
    return older === undefined ? [newest] : [newest, older];
  }
}

/** Makes a ring with a key for every bucket. Only for an installation that holds no one yet. */
export function createKeyRing({ ringFile, rootKeyFile }: KeyRingPaths): void {
  for (const path of [ringFile, rootKeyFile])
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // A root key alone is what a crash between the two steps leaves; nothing was ever wrapped by it.
  if (!existsSync(rootKeyFile)) createRootKey(rootKeyFile);
  const root = RootKeyFile.open(rootKeyFile, RING_DISK);
  try {
    writeWhole(
      ringFile,
      newRing(root.keys(), () => randomBytes(KEY_BYTES)),
    );
  } finally {
    root.close();
  }
}

function bare({ version, key }: NumberedKey): NumberedKey {
  return { version, key };
}
