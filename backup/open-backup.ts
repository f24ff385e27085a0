import { existsSync } from 'node:fs';
import type { BackupKeys } from '../lib/crypto/backup-keys.ts';
import type { DatedKey } from '../lib/crypto/dated-key-file.ts';
import type { FileKeyRing } from '../lib/crypto/file-key-ring.ts';
import type { Database } from '../store/database.ts';
import { migrationsOf } from './catalogue.ts';
import { tryEveryKey } from './closed-keys.ts';
import { KEY_BACKUP_FILE, readManifest } from './manifest.ts';
import type { Manifest, TableFile } from './manifest.ts';
import { checkFiles } from './restore-data.ts';

export interface RestoreDeps {
  db: Database;
  ring: FileKeyRing;
  backupKeys: BackupKeys;
  signingKeyFile: string;
  checkpointFile: string;
  erasureListFile: string;
  /** Gets one line for each step. */
  report: (line: string) => void;
}

export interface RestoreOptions {
  /** Where the data is; null to keep the data that is there, and put keys beside it. */
  folder: string | null;
  /** Where a newer key backup is; null for the one in the same folder. */
  keysFolder: string | null;
  /** Whether what the database holds now may be thrown away. */
  replaces: boolean;
  /** Whether the data that is there was put back by other means. */
  isPutBack: boolean;
  /** Whether it is accepted that people who were erased since the key backup come back, because nobody knows who. */
  listIsLost: boolean;
  now: Date;
}

interface DataFiles {
  folder: string;
  tables: readonly TableFile[];
}

/** The keys of a key backup that can be opened. */
export interface OpenedKeys {
  folder: string;
  key: DatedKey;
  manifest: Manifest;
}

/** Everything that is to be put back, seen to be whole. Throws one line that says what to do. */
export async function openBackup(
  deps: RestoreDeps,
  options: RestoreOptions,
): Promise<{ manifest: Manifest; data: DataFiles | null; opened: OpenedKeys | null }> {
  const { db, ring, report } = deps;
  const folder = options.folder ?? options.keysFolder;
  if (folder === null) throw new Error('Name the folder of a backup');
  const manifest = readManifest(folder);
  await refuseOtherVersion(db, manifest);
  if (options.folder !== null && manifest.data === null)
    throw new Error(
      `${folder} holds keys alone: name a backup with data, and this one with --keys`,
    );
  const data =
    options.folder === null || manifest.data === null
      ? null
      : { folder, tables: manifest.data.tables };
  const present = await presentKeys(db, ring);
  if (data === null && present === 'open' && !options.isPutBack)
    throw new Error('The keys in the database open: there is nothing to restore');
  if (present === 'closed' && !options.replaces && !options.isPutBack)
    throw new Error(
      'The database has keys that this key ring does not open. If KEY_RING_FILE and ROOT_KEY_FILE are the right ones, and the ring that opens them is lost, add --replace: the keys of the backup then take their place',
    );
  const opened =
    present === 'open' && !options.isPutBack ? null : openKeys(deps, options, manifest);
  report('checking the files');
  if (data !== null) await checkFiles(folder, data.tables);
  if (opened !== null) {
    const { sha256 } = opened.manifest.keys;
    await checkFiles(opened.folder, [{ file: KEY_BACKUP_FILE, sha256 }]);
  }
  return { manifest, data, opened };
}

export function noErasureList(file: string): string {
  return `There is no list of erasures at ${file}: people who were erased since would be back. Put its copy there; if there is none, add --erasure-list-lost`;
}

/** People who came after a key backup would be unreadable, and people who were erased after it would be back. */
function openKeys(
  { backupKeys, erasureListFile }: RestoreDeps,
  options: RestoreOptions,
  data: Manifest,
): OpenedKeys {
  const folder = options.keysFolder ?? options.folder ?? '';
  const manifest = readManifest(folder);
  const { keys } = manifest;
  if (options.folder !== null && keys.madeAt < data.madeAt)
    throw new Error(
      'The key backup is older than the data: some people in there have no key in it. Name a newer one with --keys',
    );
  const key = backupKeys.find(
    { generation: keys.keyGeneration, madeAt: new Date(keys.keyMadeAt) },
    options.now,
  );
  if (key === null)
    throw new Error(
      `The database has no keys, and those of the backup open no more: their own key was destroyed by ${keys.opensUntil}, or BACKUP_KEY_FILE is another installation's. Name a newer key backup with --keys`,
    );
  if (!existsSync(erasureListFile) && !options.listIsLost)
    throw new Error(noErasureList(erasureListFile));
  return { folder, key, manifest };
}

/** Whether the database has keys, and whether the ring opens all of them. */
async function presentKeys(db: Database, ring: FileKeyRing): Promise<'none' | 'open' | 'closed'> {
  const { open, closed } = await tryEveryKey(db, ring);
  if (closed.length > 0) return 'closed';
  return open === 0 ? 'none' : 'open';
}

async function refuseOtherVersion(db: Database, { migrations }: Manifest): Promise<void> {
  if ((await migrationsOf(db)).join() === migrations.join()) return;
  throw new Error(
    'The backup was made by another version: restore it with that one, then run the migrations of this one',
  );
}
