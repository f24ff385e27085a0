import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { POLICY } from '../domain/policy.ts';
import type { BackupKeys } from '../lib/crypto/backup-keys.ts';
import type { KeyRing } from '../lib/crypto/key-ring.ts';
import { lockBackupKeys } from '../store/keys/backup-lock.ts';
import type { Database } from '../store/database.ts';
import { inTransaction } from '../store/transaction.ts';
import { unfinishedRestore } from '../store/erasure/restores.ts';
import { dataTables, migrationsOf, withoutTimeouts } from './catalogue.ts';
import { writeKeyBackup } from './key-backup.ts';
import { KEY_BACKUP_FILE, MANIFEST_FILE } from './manifest.ts';
import type { Manifest, TableFile } from './manifest.ts';
import { writeTable } from './table-files.ts';

export interface BackupDeps {
  db: Database;
  ring: KeyRing;
  backupKeys: BackupKeys;
  signingKeyFile: string;
  /** Gets one line for each step. */
  report: (line: string) => void;
}

/**
 * Writes a backup into a folder that appears as a whole: the data without its keys, as it is at one moment, and after it
 * the keys, sealed by a key that lives for less than 48 hours; or the keys alone. Processes go on meanwhile.
 */
export async function writeBackup(
  deps: BackupDeps,
  { folder, scope, now }: { folder: string; scope: 'data and keys' | 'keys'; now: Date },
): Promise<Manifest> {
  const target = resolve(folder);
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new Error(`${target} is not empty: name a folder that is not there yet`);
  if ((await unfinishedRestore(deps.db)) !== null)
    throw new Error(
      'This database was restored and that is not finished: finish it with npm run restore first',
    );
  mkdirSync(dirname(target), { recursive: true });
  const unfinished = join(dirname(target), `.${basename(target)}.unfinished-${process.pid}`);
  mkdirSync(unfinished, { mode: 0o700 });
  try {
    const manifest = await writeParts(deps, unfinished, { scope, now });
    writeFileSync(join(unfinished, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, {
      mode: 0o600,
      flush: true,
    });
    syncFolder(unfinished);
    renameSync(unfinished, target);
    syncFolder(dirname(target));
    return manifest;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

async function writeParts(
  { db, ring, backupKeys, signingKeyFile, report }: BackupDeps,
  folder: string,
  { scope, now }: { scope: 'data and keys' | 'keys'; now: Date },
): Promise<Manifest> {
  const id = randomUUID();
  // Before anything is read: people who are erased from now on are in no backup that a later key opens.
  const key = await inTransaction(db, async (trx) => {
    await lockBackupKeys(trx);
    return backupKeys.forSealing(now);
  });
  const data = scope === 'keys' ? null : await writeData(db, folder, report);
  // After the data, so that nobody in it is missing here.
  const keysMadeAt = new Date();
  report('keys: reading');
  const keys = await writeKeyBackup(
    db,
    { ring, signingKeyFile },
    { path: join(folder, KEY_BACKUP_FILE), key, backupId: id },
    (done, of) => {
      if (done % 256 === 0) report(`keys: ${done} of ${of} buckets`);
    },
  );
  return {
    version: 1,
    id,
    madeAt: now.toISOString(),
    migrations: await migrationsOf(db),
    data,
    keys: {
      madeAt: keysMadeAt.toISOString(),
      keyGeneration: key.generation,
      keyMadeAt: key.madeAt.toISOString(),
      opensUntil: new Date(key.madeAt.getTime() + POLICY.keyBackupMs).toISOString(),
      ...keys,
    },
  };
}

async function writeData(
  db: Database,
  folder: string,
  report: (line: string) => void,
): Promise<NonNullable<Manifest['data']>> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      await withoutTimeouts(trx);
      const { newest } = await trx
        .selectFrom('mayfly.tombstones')
        .select((eb) => eb.fn.max<Date | null>('erased_at').as('newest'))
        .executeTakeFirstOrThrow();
      const tables: TableFile[] = [];
      for (const { name } of await dataTables(trx)) {
        const file = `${name}.jsonl.gz`;
        const written = await writeTable(trx, name, join(folder, file), () => undefined);
        tables.push({ table: name, file, ...written });
        report(`data: ${name}, ${written.rows} rows`);
      }
      return { newestTombstone: newest?.toISOString() ?? null, tables };
    });
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
