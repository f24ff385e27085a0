import {
  closeSync,
  existsSync,
  fchmodSync,
  fdatasyncSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const half = z.string().regex(/^[\w-]{43}$/);

/** One key of the file. `d` is its private half (base64url), destroyed when the key is retired. */
const signingKey = z.strictObject({
  kid: z.string().min(1),
  created_at: z.iso.datetime(),
  retired_at: z.iso.datetime().nullable(),
  x: half,
  d: half.nullable(),
});
export type StoredSigningKey = z.infer<typeof signingKey>;

const signingKeyFile = z.strictObject({ version: z.literal(1), keys: z.array(signingKey) });

/** Reads the keys, oldest first; null when there is no file. The error for a damaged one quotes nothing of it. */
export function readSigningKeyFile(file: string): StoredSigningKey[] | null {
  if (!existsSync(file)) return null;
  const keys = parse(readFileSync(file, 'utf8'));
  if (keys === null) {
    throw new Error(`The signing key file ${file} is damaged: restore it from its backup.`);
  }
  return keys;
}

function parse(text: string): StoredSigningKey[] | null {
  try {
    return signingKeyFile.parse(JSON.parse(text)).keys;
  } catch {
    return null;
  }
}

/**
 * Replaces the file in one step and overwrites what the old one held, on its own blocks: after a plain rename a retired
 * key would still lie on the disk. A crash in between is made good by the next call of `finishReplacing`.
 */
export function replaceSigningKeyFile(file: string, keys: readonly StoredSigningKey[]): void {
  finishReplacing(file);
  const unfinished = `${file}.unfinished`;
  rmSync(unfinished, { force: true });
  writeSynced(unfinished, 'wx', Buffer.from(`${JSON.stringify({ version: 1, keys }, null, 2)}\n`));
  if (existsSync(file)) linkSync(file, oldName(file));
  renameSync(unfinished, file);
  finishReplacing(file);
}

/** Overwrites and removes the old file that a replacement left behind, if it did. */
export function finishReplacing(file: string): void {
  const old = oldName(file);
  if (!existsSync(old)) return;
  // The same file under both names means that its replacement never came: it is the one in force.
  const isReplaced = statSync(old).ino !== statSync(file).ino;
  if (isReplaced) {
    // The new name must be on the disk before the old content is gone: a power cut between would leave neither.
    syncFolder(file);
    writeSynced(old, 'r+', Buffer.alloc(statSync(old).size));
  }
  rmSync(old);
}

function oldName(file: string): string {
  return `${file}.replaced`;
}

function writeSynced(file: string, flags: 'wx' | 'r+', bytes: Buffer): void {
  const descriptor = openSync(file, flags, 0o600);
  try {
    fchmodSync(descriptor, 0o600);
    writeSync(descriptor, bytes, 0, bytes.length, 0);
    fdatasyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncFolder(file: string): void {
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
