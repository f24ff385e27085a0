import { closeSync, createReadStream, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { deriveKey, open, seal, SealBroken } from '../lib/crypto/envelope.ts';

const LENGTH_BYTES = 4;

/**
 * Writes JSON values to a file, each sealed for its place in this one backup: none can be taken out, swapped, or taken
 * from another backup, and an end that was cut off is noticed.
 */
export class SealedFrames {
  readonly #file: number;
  readonly #key: Buffer;
  readonly #backupId: string;
  #count = 0;

  constructor(path: string, key: Buffer, backupId: string) {
    this.#file = openSync(path, 'wx', 0o600);
    this.#key = deriveKey(key, 'key backup');
    this.#backupId = backupId;
  }

  write(value: unknown): void {
    this.#put(value, 'more');
  }

  /** Writes the last one, and returns when all is on the disk. */
  end(value: unknown): void {
    this.#put(value, 'last');
    fdatasyncSync(this.#file);
    closeSync(this.#file);
  }

  #put(value: unknown, place: 'more' | 'last'): void {
    const context = contextOf(this.#backupId, this.#count, place);
    const sealed = seal(this.#key, gzipSync(Buffer.from(JSON.stringify(value))), context);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(sealed.length);
    writeSync(this.#file, Buffer.concat([length, sealed]));
    this.#count += 1;
  }
}

/** The values of such a file in their order. Throws for anything but exactly what was written. */
export async function* readSealedFrames(
  path: string,
  key: Buffer,
  backupId: string,
): AsyncGenerator<{ value: unknown; isLast: boolean }> {
  const derived = deriveKey(key, 'key backup');
  let held = Buffer.alloc(0);
  let count = 0;
  let isEnded = false;
  for await (const chunk of createReadStream(path)) {
    held = Buffer.concat([held, chunk as Buffer]);
    for (;;) {
      const length = held.length < LENGTH_BYTES ? Infinity : held.readUInt32BE(0) + LENGTH_BYTES;
      if (held.length < length) break;
      const frame = openFrame(derived, held.subarray(LENGTH_BYTES, length), backupId, count);
      held = held.subarray(length);
      count += 1;
      isEnded = frame.isLast;
      yield frame;
    }
  }
  if (!isEnded || held.length > 0) throw new Error('The key backup is cut short.');
}

function openFrame(key: Buffer, sealed: Buffer, backupId: string, count: number) {
  for (const place of ['more', 'last'] as const) {
    const opened = openOrNull(key, sealed, contextOf(backupId, count, place));
    if (opened === null) continue;
    const value: unknown = JSON.parse(gunzipSync(opened).toString('utf8'));
    return { value, isLast: place === 'last' };
  }
  throw new Error('The key backup does not open: it was changed, or is of another installation.');
}

function openOrNull(key: Buffer, sealed: Buffer, context: string[]): Buffer | null {
  try {
    return open(key, sealed, context);
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}

function contextOf(backupId: string, count: number, place: 'more' | 'last'): string[] {
  return ['key backup', backupId, String(count), place];
}
