import { mkdirSync, chmodSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import type pg from 'pg';
import { TABLES } from '../../domain/inventory.ts';
import type { TableName, Tables } from '../../domain/tables.ts';
import type { Database } from '../../store/database.ts';

/** Every row of every table, as somebody has it who took a copy of the database once, the keys' schema and all. */
export type Dump = { readonly [Name in TableName]: readonly Tables[Name][] };

export async function dumpOf(db: Database): Promise<Dump> {
  const tables: [string, unknown[]][] = [];
  for (const name of Object.keys(TABLES)) {
    const { rows } = await sql`SELECT * FROM ${sql.table(name)}`.execute(db);
    tables.push([name, rows]);
  }
  return Object.fromEntries(tables) as unknown as Dump;
}

/** The same as files of Postgres's own, with bytes as they are, so that a scan can read them. The folder is made. */
export async function copyEveryTable(database: pg.Client, folder: string): Promise<void> {
  mkdirSync(folder);
  // The server writes them, and it may be another user's.
  chmodSync(folder, 0o777);
  const { rows } = await database.query<{ name: string }>(`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`);
  expect(rows.length).toBeGreaterThan(Object.keys(TABLES).length);
  for (const { name } of rows) {
    const file = database.escapeLiteral(path.join(folder, name));
    await database.query(`COPY ${name} TO ${file} (FORMAT binary)`);
  }
}
