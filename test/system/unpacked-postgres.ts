import pg from 'pg';
import type { Whole } from './conversing.ts';
import type { Servers } from './servers.ts';

/** Postgres packs what is long or changed often; unpacked, a scan can read all of it. Processes begin anew with that. */
export async function stopPacking({ servers, api, worker }: Whole): Promise<void> {
  await withDatabase(servers, async (database) => {
    const { rows } = await database.query<{ statement: string }>(`
      SELECT format('ALTER TABLE %I.%I ALTER COLUMN %I SET STORAGE EXTERNAL', table_schema, table_name, column_name) AS statement
      FROM information_schema.columns
      WHERE table_schema IN ('keys', 'mayfly') AND data_type IN ('text', 'bytea')`);
    expect(rows.length).toBeGreaterThan(10);
    await database.query('ALTER DATABASE mayfly SET wal_compression = off');
    for (const { statement } of rows) await database.query(statement);
  });
  await Promise.all([api.stop(), worker.stop()]);
  await Promise.all([api.start(), worker.start()]);
}

/** A connection of the superuser, for as long as it is worked with. */
export async function withDatabase(
  servers: Servers,
  work: (database: pg.Client) => Promise<unknown>,
): Promise<void> {
  const database = new pg.Client({ connectionString: servers.connectionString('mayfly') });
  await database.connect();
  await work(database);
  await database.end();
}

/** Nothing is tidied up by an end like this one, and nothing changes while it is read. */
export async function killEverything({ servers, api, worker }: Whole): Promise<void> {
  await Promise.all([api, worker, servers.temporal, servers.postgres].map((one) => one.kill()));
}
