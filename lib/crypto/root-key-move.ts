import { BUCKETS, RING_SECRETS } from './key-ring.ts';
import { isBlank } from './ring-disk.ts';
import { slotOfDay, SPARE_DAY_SLOT } from './ring-slots.ts';
import type { HeldKey, RingSlots } from './ring-slots.ts';

/**
 * Moves a ring from its root key to a new one, in steps that can each be repeated. No key is ever overwritten in the
 * only place that holds it: it is written anew where there is room, synced, and only then blanked where it was. The
 * caller makes sure that nobody else writes to what is moved.
 */
export class RootKeyMove {
  readonly #slots: RingSlots;

  constructor(slots: RingSlots) {
    this.#slots = slots;
  }

  madeAt(): Date {
    return this.#slots.root.keys()[0].madeAt;
  }

  generation(): number {
    return this.#slots.root.keys()[0].generation;
  }

  /** Whether there is something to do: a move that was begun, or a root key that is older than allowed. */
  begin(now: Date, allowedAgeMs: number): boolean {
    // A root key that was torn while it was written or overwritten is of no use to anything.
    if (this.#slots.root.keys().length === 1) this.#slots.root.destroyOld();
    if (this.#slots.root.isBeingReplaced()) return true;
    if (now.getTime() - this.madeAt().getTime() < allowedAgeMs) return false;
    this.#slots.root.add(now);
    return true;
  }

  moveSecrets(): void {
    for (const name of RING_SECRETS) {
      const [held] = this.#slots.secret(name);
      if (held === undefined) throw new Error('A secret of the key ring did not open.');
      const other = held.place === 0 ? 1 : 0;
      const isMoved = held.root === this.generation();
      if (!isMoved) this.#slots.writeSecret(name, other, held.key);
      this.#slots.sync();
      this.#slots.writeSecret(name, isMoved ? other : held.place, null);
      this.#slots.sync();
    }
  }

  moveDays(): void {
    const spare = this.#slots.days().find(({ slot }) => slot === SPARE_DAY_SLOT);
    // What a move left there is the one good copy, if the other was torn.
    if (spare !== undefined) this.#takeHome(spare);
    for (const day of this.#slots.days()) {
      if (day.root === this.generation()) continue;
      this.#slots.writeDay(SPARE_DAY_SLOT, day);
      this.#slots.sync();
      this.#takeHome(day);
    }
  }

  /** Moves these buckets; returns those in which a rewrap was left unfinished: it must be finished first. */
  moveBuckets(buckets: readonly number[]): number[] {
    const generation = this.generation();
    const unfinished: number[] = [];
    const blanks: { bucket: number; slot: number }[] = [];
    for (const bucket of buckets) {
      const [newest, other] = this.#slots.bucket(bucket);
      if (newest === undefined) throw new Error(`Bucket ${bucket} has no key.`);
      if (other !== undefined && other.version !== newest.version) {
        unfinished.push(bucket);
        continue;
      }
      const free = newest.slot === 0 ? 1 : 0;
      const isMoved = newest.root === generation;
      if (!isMoved) this.#slots.writeBucket(bucket, free, newest);
      blanks.push({ bucket, slot: isMoved ? free : newest.slot });
    }
    this.#slots.sync();
    for (const { bucket, slot } of blanks) {
      if (!isBlank(this.#slots.bucketSlotBytes(bucket, slot)))
        this.#slots.writeBucket(bucket, slot, null);
    }
    this.#slots.sync();
    return unfinished;
  }

  /** Overwrites the old root key. Throws while anything is still sealed under it. */
  end(): void {
    this.refuseIfLeftBehind();
    this.#slots.root.destroyOld();
  }

  /** A key under a root that is destroyed is destroyed with it. */
  refuseIfLeftBehind(): void {
    const generation = this.generation();
    const isBehind = ({ root }: { root: number }) => root !== generation;
    for (const name of RING_SECRETS) {
      const held = this.#slots.secret(name);
      if (held.length === 0 || held.some(isBehind)) throw leftBehind('a secret');
    }
    if (this.#slots.days().some(isBehind)) throw leftBehind('a day');
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      const held = this.#slots.bucket(bucket);
      if (held.length === 0 || held.some(isBehind)) throw leftBehind(`bucket ${bucket}`);
    }
  }

  #takeHome(day: HeldKey): void {
    this.#slots.writeDay(slotOfDay(day.version), day);
    this.#slots.sync();
    this.#slots.writeDay(SPARE_DAY_SLOT, null);
    this.#slots.sync();
  }
}

function leftBehind(what: string): Error {
  return new Error(`The key of ${what} is still sealed under the old root key.`);
}
