import { join } from 'node:path';
import { sql } from 'kysely';
import type { InTransaction } from '../store/database.ts';
import { dataTables } from './catalogue.ts';
import type { DataTable } from './catalogue.ts';
import type { TableFile } from './manifest.ts';
import { hashOfFile, readTable } from './table-files.ts';

const ROWS_A_STATEMENT = 1_000;
/** Tables that only grow: where the database still has them, it knows more than the backup does. */
const ADDED_TO = ['mayfly.tombstones', 'mayfly.restores'];
const LEDGER = ['mayfly.ledger', 'mayfly.ledger_checkpoints'];

/** Throws one line for the first file that is not what the manifest says. */
export async function checkFiles(
  folder: string,
  files: readonly Pick<TableFile, 'file' | 'sha256'>[],
): Promise<void> {
  for (const { file, sha256 } of files) {
    const found = await hashOfFile(join(folder, file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw new Error(`The backup lacks its file ${file}`);
      throw error;
    });
    if (found !== sha256) throw new Error(`The backup's file ${file} was changed or is damaged`);
  }
}

/** Whether the database holds any person or any request. */
export async function holdsData(trx: InTransaction): Promise<boolean> {
  const { rows } = await sql<{ holds: boolean }>`
    SELECT EXISTS (SELECT FROM mayfly.subjects) OR EXISTS (SELECT FROM mayfly.requests) AS holds`.execute(
    trx,
  );
  return rows[0]?.holds ?? true;
}

/**
 * Puts the rows of a backup in place of those that are there. The ledger stays when it goes further than the backup's,
 * and guards against late messages stay in any case.
 */
export async function restoreData(
  trx: InTransaction,
  folder: string,
  files: readonly TableFile[],
  report: (line: string) => void,
): Promise<void> {
  const tables = await dataTables(trx);
  const unknown = files.find(({ table }) => tables.every(({ name }) => name !== table));
  if (unknown !== undefined)
    throw new Error(`The backup holds ${unknown.table}, which this version does not know`);
  const keepsLedger = await extendsLedgerOf(trx, folder, files);
  const kept = [...ADDED_TO, ...(keepsLedger ? LEDGER : [])];
  await empty(
    trx,
    tables.map(({ name }) => name).filter((name) => !kept.includes(name)),
  );
  for (const table of tables) {
    const file = files.find((one) => one.table === table.name);
    if (file === undefined || (keepsLedger && LEDGER.includes(table.name))) continue;
    for await (const lines of readTable(join(folder, file.file), ROWS_A_STATEMENT))
      await insert(trx, table, lines);
    await numberOn(trx, table);
    report(`data: ${table.name}, ${file.rows} rows`);
  }
}

/** Whether the ledger that is there goes on from where the backup's ends. */
async function extendsLedgerOf(
  trx: InTransaction,
  folder: string,
  files: readonly TableFile[],
): Promise<boolean> {
  const file = files.find(({ table }) => table === 'mayfly.ledger');
  if (file === undefined || file.rows === 0) return true;
  let last: { position: number; hash: string } | null = null;
  for await (const lines of readTable(join(folder, file.file), ROWS_A_STATEMENT)) {
    for (const line of lines) {
      const entry = JSON.parse(line) as { position: number; hash: string };
      if (last === null || entry.position > last.position) last = entry;
    }
  }
  const { rows } = await sql`
    SELECT FROM mayfly.ledger WHERE position = ${last?.position ?? 0} AND hash = ${last?.hash ?? ''}`.execute(
    trx,
  );
  return rows.length > 0;
}

async function empty(trx: InTransaction, tables: readonly string[]): Promise<void> {
  const guarded = tables.filter((name) => LEDGER.includes(name));
  for (const name of guarded)
    await sql`ALTER TABLE ${sql.table(name)} DISABLE TRIGGER append_only`.execute(trx);
  await sql`TRUNCATE ${sql.join(tables.map((name) => sql.table(name)))}`.execute(trx);
  for (const name of guarded)
    await sql`ALTER TABLE ${sql.table(name)} ENABLE ALWAYS TRIGGER append_only`.execute(trx);
}

async function insert(
  trx: InTransaction,
  { name }: DataTable,
  lines: readonly string[],
): Promise<void> {
  const table = sql.table(name);
  const onConflict = ADDED_TO.includes(name) ? sql`ON CONFLICT DO NOTHING` : sql``;
  await sql`INSERT INTO ${table} OVERRIDING SYSTEM VALUE
    SELECT * FROM json_populate_recordset(NULL::${table}, ${`[${lines.join(',')}]`}::json)
    ${onConflict}`.execute(trx);
}

/** The next number of a column that the database numbers comes after all that were put back. */
async function numberOn(trx: InTransaction, { name, numbered }: DataTable): Promise<void> {
  for (const column of numbered) {
    await sql`SELECT setval(pg_get_serial_sequence(${name}, ${column}),
      coalesce((SELECT max(${sql.ref(column)}) FROM ${sql.table(name)}), 0) + 1, false)`.execute(
      trx,
    );
  }
}

/**
 * Nothing that was on its way when the backup was made goes out because of the restore: it was sent since, or a human
 * looks at it. Contact data whose key is gone, because its request was answered since, is dropped.
 */
export async function settle(
  trx: InTransaction,
  data: 'data as it was' | 'data of a backup',
): Promise<void> {
  if (data === 'data of a backup') await settleSending(trx);
  await sql`UPDATE mayfly.requests SET sealed_contact = NULL, sealed_phrase = NULL
    WHERE (sealed_contact IS NOT NULL OR sealed_phrase IS NOT NULL)
      AND NOT EXISTS (SELECT FROM keys.subject_keys k WHERE k.subject_id = requests.id)`.execute(
    trx,
  );
}

async function settleSending(trx: InTransaction): Promise<void> {
  await sql`UPDATE mayfly.subjects SET wake_since = NULL, wake_taken_at = NULL WHERE wake_since IS NOT NULL`.execute(
    trx,
  );
  await sql`DELETE FROM mayfly.waiting_replies`.execute(trx);
  await sql`UPDATE mayfly.deliveries SET state = 'needs human', settled_at = now()
    WHERE state IN ('planned', 'intent', 'ambiguous')`.execute(trx);
}
