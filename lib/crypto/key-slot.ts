import type { DatedKey } from './dated-key-file.ts';
import { open, seal, SealBroken } from './envelope.ts';

/** A slot never crosses a 512-byte sector, so that a power cut cannot tear a slot and its neighbour. */
export const SLOT_BYTES = 128;
const KEY_BYTES = 32;
/** A key as `seal` leaves it: format, nonce and tag are 29 bytes. */
export const SEALED_KEY_BYTES = KEY_BYTES + 29;
const VERSION_BYTES = 8;

/** One key with its number: a bucket's version, or a day. Never zero. */
export interface NumberedKey {
  version: bigint;
  key: Buffer;
}

/** A key with the generation of the root key that it was sealed under. */
export interface RootedKey extends NumberedKey {
  root: number;
}

/** A slot's bytes: the number in clear, the key sealed by the root for this place and number. */
export function sealSlot(root: DatedKey, place: string, { version, key }: NumberedKey): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  slot.writeBigUInt64BE(version, 0);
  seal(root.key, key, [place, String(version)]).copy(slot, VERSION_BYTES);
  return slot;
}

/**
 * What a slot holds, under whichever of these roots; null when it is empty, or was torn while it was written and so was
 * never used.
 */
export function openSlot(
  roots: readonly DatedKey[],
  place: string,
  slot: Buffer,
): RootedKey | null {
  const version = slot.readBigUInt64BE(0);
  if (version === 0n) return null;
  const sealed = slot.subarray(VERSION_BYTES, VERSION_BYTES + SEALED_KEY_BYTES);
  const opened = openUnder(roots, sealed, [place, String(version)]);
  return opened === null ? null : { version, ...opened };
}

/** Opens a sealed key with the first of these roots that does; null when none does. */
export function openUnder(
  roots: readonly DatedKey[],
  sealed: Buffer,
  context: readonly string[],
): { key: Buffer; root: number } | null {
  for (const { key, generation } of roots) {
    try {
      return { key: open(key, sealed, context), root: generation };
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
    }
  }
  return null;
}
