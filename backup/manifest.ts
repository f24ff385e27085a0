import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export const MANIFEST_FILE = 'manifest.json';
export const KEY_BACKUP_FILE = 'keys.sealed';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const at = z.iso.datetime();

const tableFile = z.strictObject({
  table: z.string().regex(/^[a-z_]+\.[a-z_]+$/),
  file: z.string().regex(/^[a-z_.]+$/),
  rows: z.int().min(0),
  sha256: hash,
});
export type TableFile = z.infer<typeof tableFile>;

const manifest = z.strictObject({
  version: z.literal(1),
  id: z.uuid(),
  madeAt: at,
  /** The migrations that the tables were made by, in their order. */
  migrations: z.array(z.string()).min(1),
  /** Null in a backup of keys alone. */
  data: z
    .strictObject({
      /** Those who were erased by then are in neither this backup nor a key backup of the same moment. */
      newestTombstone: at.nullable(),
      tables: z.array(tableFile),
    })
    .nullable(),
  keys: z.strictObject({
    madeAt: at,
    /** Which key opens it, and from when on nothing opens it. */
    keyGeneration: z.int().min(1),
    keyMadeAt: at,
    opensUntil: at,
    subjectKeys: z.int().min(0),
    identifiers: z.int().min(0),
    sha256: hash,
  }),
});

/** What a folder of a backup says about itself: times, counts and hashes, and nothing about anyone. */
export type Manifest = z.infer<typeof manifest>;

/** Reads the manifest of a backup's folder. Throws one line when there is none, or it is damaged. */
export function readManifest(folder: string): Manifest {
  const file = join(folder, MANIFEST_FILE);
  if (!existsSync(file)) throw new Error(`${folder} holds no backup: it has no ${MANIFEST_FILE}`);
  try {
    return manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(`The manifest of the backup in ${folder} is damaged`, { cause: error });
  }
}
