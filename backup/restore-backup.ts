import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { readErasures } from '../lib/erasure-list.ts';
import type { Database } from '../store/database.ts';
import { putUpStones } from '../store/erasure/listed-erasures.ts';
import { finishRestore, markRestored, unfinishedRestore } from '../store/erasure/restores.ts';
import { inTransaction } from '../store/transaction.ts';
import { withoutTimeouts } from './catalogue.ts';
import { dropClosedKeys } from './closed-keys.ts';
import { eraseAgain, openEveryKey, refuseIfBack } from './erase-again.ts';
import { setAsideCheckpoints, tellRestore } from './ledger-after-restore.ts';
import { KEY_BACKUP_FILE } from './manifest.ts';
import { noErasureList, openBackup } from './open-backup.ts';
import type { OpenedKeys, RestoreDeps, RestoreOptions } from './open-backup.ts';
import { holdsData, restoreData, settle } from './restore-data.ts';
import { restoreKeys } from './restore-keys.ts';

export interface Restored {
  erasedAgain: number;
  keys: number;
  lostEntries: number;
}

/**
 * Puts a backup's data beside the keys that are there, or beside those of a key backup, then erases again everybody who
 * was erased since. No process serves until all of it is done. Called again after a crash, it goes on where it was.
 * When it cannot, it throws one line that says what to do.
 */
export async function restoreBackup(deps: RestoreDeps, options: RestoreOptions): Promise<Restored> {
  const unfinished = await unfinishedRestore(deps.db);
  if (unfinished !== null)
    deps.report('a restore was cut off after its data was put back: finishing it');
  return finish(deps, unfinished ?? (await putBack(deps, options)));
}

/** Returns the id of the restore, which is not finished with that. */
async function putBack(deps: RestoreDeps, options: RestoreOptions): Promise<string> {
  if (options.isPutBack && options.keysFolder === null) return goOnWithWhatOpens(deps, options);
  return putBackBackup(deps, options);
}

/** For data that was put back by other means, without a key backup: who can still be found and read stays. */
async function goOnWithWhatOpens(
  { db, ring, erasureListFile, report }: RestoreDeps,
  { replaces, listIsLost, now }: RestoreOptions,
): Promise<string> {
  if (!existsSync(erasureListFile) && !listIsLost) throw new Error(noErasureList(erasureListFile));
  const id = randomUUID();
  await inTransaction(db, async (trx) => {
    await withoutTimeouts(trx);
    await sql`LOCK TABLE mayfly.subjects IN ACCESS EXCLUSIVE MODE`.execute(trx);
    const lost = await dropClosedKeys(trx, ring);
    if (lost > 0 && !replaces)
      throw new Error(
        `The keys of ${lost} people or requests do not open any more, or nobody would find them: whoever was not erased among them is lost. Name the newest key backup with --keys; if there is none, add --replace to go on without them`,
      );
    report(`keys: ${lost} did not open, and were taken out`);
    await settle(trx, 'data of a backup');
    await markRestored(trx, { id, backupMadeAt: now.toISOString(), keysMadeAt: null });
  });
  report('nothing serves until people who were erased since are gone again');
  return id;
}

async function putBackBackup(deps: RestoreDeps, options: RestoreOptions): Promise<string> {
  const { db, report } = deps;
  const { manifest, data, opened } = await openBackup(deps, options);
  report(
    opened === null
      ? 'keys: those that are there'
      : `keys: those that were backed up at ${opened.manifest.keys.madeAt}`,
  );
  if (options.isPutBack && !options.replaces) await refuseIfNewer(db, manifest.keys.madeAt);
  const id = randomUUID();
  await inTransaction(db, async (trx) => {
    await withoutTimeouts(trx);
    await sql`LOCK TABLE mayfly.subjects IN ACCESS EXCLUSIVE MODE`.execute(trx);
    if (data !== null) {
      if (!options.replaces && (await holdsData(trx)))
        throw new Error(
          'The database holds data, and a restore would throw it away: add --replace if that is what you want, or name an empty database in DATABASE_URL',
        );
      await restoreData(trx, data.folder, data.tables, report);
    }
    if (opened !== null) await putBackKeys(trx, deps, opened);
    const isAsItWas = data === null && !options.isPutBack;
    await settle(trx, isAsItWas ? 'data as it was' : 'data of a backup');
    await markRestored(trx, {
      id,
      backupMadeAt: manifest.madeAt,
      keysMadeAt: opened?.manifest.keys.madeAt ?? null,
    });
  });
  report('put back; nothing serves until people who were erased since are gone again');
  return id;
}

/** People who came after a key backup, and before the copy that was put back, have no key in it. */
async function refuseIfNewer(db: Database, keysMadeAt: string): Promise<void> {
  const row = await db
    .selectFrom('mayfly.subjects')
    .select('id')
    .where('created_at', '>', new Date(keysMadeAt))
    .limit(1)
    .executeTakeFirst();
  if (row !== undefined)
    throw new Error(
      'The key backup is older than the data: whoever came in between has no key in it, and is lost. Name a newer one with --keys; if there is none, add --replace to go on without them',
    );
}

async function putBackKeys(
  trx: Parameters<typeof restoreKeys>[0],
  { ring, signingKeyFile, erasureListFile, report }: RestoreDeps,
  { folder, key, manifest }: OpenedKeys,
): Promise<void> {
  const erased = new Set(readErasures(erasureListFile).map(({ subjectId }) => subjectId));
  const { subjectKeys } = await restoreKeys(trx, {
    ring,
    signingKeyFile,
    path: join(folder, KEY_BACKUP_FILE),
    key,
    backupId: manifest.id,
    erased,
  });
  report(`keys: ${subjectKeys} put under new keys of the ring`);
}

/** The second half: it needs nothing of the backup, so that it can be repeated by itself. */
async function finish(deps: RestoreDeps, id: string): Promise<Restored> {
  const { db, ring, report } = deps;
  const list = readErasures(deps.erasureListFile);
  const erased = list.map(({ subjectId }) => subjectId);
  // The stones of days whose key is gone guard nobody any more.
  const days = new Set(ring.dayKeys().map(({ version }) => Number(version)));
  const stones = list.flatMap((one) => one.stones.filter(({ day }) => days.has(day)));
  await inTransaction(db, (trx) => putUpStones(trx, stones));
  await eraseAgain(db, ring, { restoreId: id, erased, report });
  report('rescan: looking for them by another route');
  await refuseIfBack(db, erased);
  const keys = await openEveryKey(db, ring);
  report(`rescan: nobody found; every key opens, ${keys} in all`);
  const { lost, aside } = await setAsideCheckpoints(db, { ...deps, restoreId: id });
  if (aside !== null)
    report(
      `ledger: ${lost} entries were written after the backup and are lost; its checkpoints until then are kept in ${aside}`,
    );
  const erasedAgain = await inTransaction(db, async (trx) => {
    const people = await finishRestore(trx, id);
    await tellRestore(trx, { people, lost });
    return people;
  });
  return { erasedAgain, keys, lostEntries: lost };
}
