import { randomBytes } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';

const ROOT_KEY_BYTES = 32;

/** The key that wraps the whole ring: 32 bytes in a file of its own, readable by its owner alone. */
export function readRootKey(path: string): Buffer {
  const key = readFileSync(path);
  if (key.length !== ROOT_KEY_BYTES) {
    throw new Error(
      `The root key file ${path} is not ${ROOT_KEY_BYTES} bytes long: restore it from its key backup.`,
    );
  }
  return key;
}

/** Makes a new root key; fails when the file is already there, so that no ring can lose its root. */
export function createRootKey(path: string): Buffer {
  const key = randomBytes(ROOT_KEY_BYTES);
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, key);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
  return key;
}
