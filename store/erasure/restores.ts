import { sql } from 'kysely';
import type pg from 'pg';
import { SettingsError } from '../../lib/config.ts';
import type { Log } from '../../lib/log.ts';
import { databaseTrouble } from '../database-trouble.ts';
import type { Database, InTransaction } from '../database.ts';

/** The restore that is not finished; null when none is. */
export async function unfinishedRestore(db: Database | InTransaction): Promise<string | null> {
  const row = await db
    .selectFrom('mayfly.restores')
    .select('id')
    .where('finished_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** What a process that must not serve yet says. */
const NOT_FINISHED =
  'This database was restored from a backup, and people who were erased since may be back in it: finish with "npm run restore", then start again.';

/** For each new connection of a process that serves: one that was started before the database came back is stopped too. */
export async function refuseRestored(connection: pg.PoolClient): Promise<void> {
  const { rows } = await connection.query(
    'SELECT FROM mayfly.restores WHERE finished_at IS NULL LIMIT 1',
  );
  if (rows.length > 0) throw new SettingsError(NOT_FINISHED);
}

/**
 * Stops, at its start, a process that would serve people who were erased; `close` lets go of what it has opened. While
 * the database cannot be asked nothing can be served either, and every connection asks again.
 */
export async function refuseToServeRestored(
  db: Database,
  log: Log,
  close: () => Promise<void>,
): Promise<void> {
  try {
    // A guarded connection is checked when it is made; one without that guard is checked here.
    if ((await unfinishedRestore(db)) !== null) throw new SettingsError(NOT_FINISHED);
  } catch (error) {
    if (error instanceof SettingsError) {
      await close();
      throw error;
    }
    const trouble = databaseTrouble(error)?.message ?? 'The reason is in errorCode.';
    log.warn({ event: 'database away', error }, `the database could not be asked yet. ${trouble}`);
  }
}

/** Marks the database as restored, in the transaction that restores it. */
export async function markRestored(
  trx: InTransaction,
  restore: { id: string; backupMadeAt: string; keysMadeAt: string | null },
): Promise<void> {
  await trx
    .insertInto('mayfly.restores')
    .values({
      id: restore.id,
      backup_made_at: new Date(restore.backupMadeAt),
      keys_made_at: restore.keysMadeAt === null ? null : new Date(restore.keysMadeAt),
    })
    .execute();
}

/** From then on processes serve again. Returns how many people were erased again. */
export async function finishRestore(trx: InTransaction, id: string): Promise<number> {
  const { people_erased_again: people } = await trx
    .updateTable('mayfly.restores')
    .set({ finished_at: sql`now()` })
    .where('id', '=', id)
    .returning('people_erased_again')
    .executeTakeFirstOrThrow();
  return people;
}
