import { sql } from 'kysely';
import type { Database, InTransaction } from '../store/database.ts';

/** A table as the database itself has it, and columns that it numbers by itself. */
export interface DataTable {
  name: string;
  numbered: string[];
}

/**
 * Every table of the data, those that rows point to first; none of the keys, and none that a backup must not hold (the
 * unlogged ones). The database itself is asked, so that a table that a later version adds is in its backups from the
 * first day.
 */
export async function dataTables(db: Database | InTransaction): Promise<DataTable[]> {
  const { rows: tables } = await sql<{ name: string; numbered: string[] | null }>`
    SELECT n.nspname || '.' || c.relname AS name,
      (SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = c.oid AND attidentity <> '') AS numbered
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname = 'mayfly' ORDER BY 1`.execute(
    db,
  );
  const { rows: links } = await sql<{ child: string; parent: string }>`
    SELECT cn.nspname || '.' || c.relname AS child, pn.nspname || '.' || p.relname AS parent
    FROM pg_constraint f
    JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
    JOIN pg_class p ON p.oid = f.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
    WHERE f.contype = 'f' AND c.oid <> p.oid`.execute(db);
  const ordered: DataTable[] = [];
  const visit = (name: string) => {
    const table = tables.find((one) => one.name === name);
    if (table === undefined || ordered.some((one) => one.name === name)) return;
    for (const { parent } of links.filter(({ child }) => child === name)) visit(parent);
    ordered.push({ name, numbered: table.numbered ?? [] });
  };
  for (const { name } of tables) visit(name);
  return ordered;
}

/** The migrations that were run, in their order. */
export async function migrationsOf(db: Database | InTransaction): Promise<string[]> {
  const { rows } = await sql<{
    name: string;
  }>`SELECT name FROM public.migrations ORDER BY id`.execute(db);
  return rows.map(({ name }) => name);
}

/** For work that takes as long as it takes: the limits of a process that answers Meta do not apply. */
export async function withoutTimeouts(trx: InTransaction): Promise<void> {
  await sql`SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true),
    set_config('TimeZone', 'UTC', true)`.execute(trx);
}
