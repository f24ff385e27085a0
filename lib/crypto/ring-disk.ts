import { closeSync, fdatasyncSync, openSync, readSync, renameSync, writeSync } from 'node:fs';

/** How bytes reach the disk. Tests put in one that dies at a step of their choice. */
export interface RingDisk {
  /** Overwrites in place. */
  write(file: number, bytes: Buffer, offset: number): void;
  /** Returns when everything written before is on the disk. */
  sync(file: number): void;
}

export const RING_DISK: RingDisk = {
  write: (file, bytes, offset) => {
    const written = writeSync(file, bytes, 0, bytes.length, offset);
    if (written !== bytes.length) throw new Error('A key file took only part of what was written.');
  },
  sync: fdatasyncSync,
};

export function readAt(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, offset);
  return bytes;
}

export function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

/** Makes a new file that is there as a whole or not at all, readable by its owner alone. */
export function writeWhole(path: string, bytes: Buffer): void {
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
