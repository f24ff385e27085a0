import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';

const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));

/** Brings a database to the newest schema. Several processes may call it at once: they wait for each other. */
export async function migrateDatabase(connectionString: string): Promise<void> {
  await runner({
    databaseUrl: connectionString,
    dir: MIGRATIONS,
    direction: 'up',
    migrationsTable: 'migrations',
    migrationsSchema: 'public',
    checkOrder: true,
    singleTransaction: true,
    advisoryLockMode: 'wait',
    log: () => undefined,
  });
}
