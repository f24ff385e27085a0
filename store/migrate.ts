import { fileURLToPath } from 'node:url';
import { PG_MIGRATE_LOCK_ID, runner } from 'node-pg-migrate';
import pg from 'pg';
import { SettingsError } from '../lib/config.ts';

const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));

/** The version that everything is tested with. The parameters that keep values out of the server's log are its own, too. */
const OLDEST_SERVER = 18;

/**
 * Brings a database to the newest schema. Several processes may call it at once: they wait for each other. It is one
 * transaction, the lock included, so that a pooler cannot divide it between two connections of the server.
 */
export async function migrateDatabase(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, application_name: 'mayfly migrate' });
  await client.connect();
  try {
    await refuseOldServer(client);
    await client.query('BEGIN');
    await client.query(`SELECT pg_advisory_xact_lock(${PG_MIGRATE_LOCK_ID})`);
    await runner({
      dbClient: client,
      dir: MIGRATIONS,
      direction: 'up',
      migrationsTable: 'migrations',
      migrationsSchema: 'public',
      checkOrder: true,
      // Its BEGIN is void within ours, its COMMIT is ours.
      singleTransaction: true,
      noLock: true,
      log: () => undefined,
    });
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
  const major = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  if (major >= OLDEST_SERVER) return;
  throw new SettingsError(
    `DATABASE_URL leads to PostgreSQL ${major}: Mayfly needs ${OLDEST_SERVER} or newer. Nothing was changed.`,
  );
}
