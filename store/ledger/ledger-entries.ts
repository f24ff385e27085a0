import { sql } from 'kysely';
import type { LedgerEntry } from '../../domain/ledger.ts';
import type { Database, InTransaction } from '../database.ts';

const BATCH = 5_000;

interface Row extends Omit<LedgerEntry, 'position'> {
  position: string;
}

/** The entries behind a position in their order, read in batches, so that a ledger of any length fits in memory. */
export async function* ledgerEntries(
  db: Database | InTransaction,
  after: number,
): AsyncGenerator<LedgerEntry, void, undefined> {
  for (let last = after; ;) {
    const { rows } = await sql<Row>`
      SELECT position, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, actor_role AS "actorRole",
        actor, action, request_id AS "requestId", details, previous_hash AS "previousHash", hash
      FROM mayfly.ledger WHERE position > ${last} ORDER BY position LIMIT ${BATCH}`.execute(db);
    for (const row of rows) {
      last = Number(row.position);
      yield { ...row, position: last };
    }
    if (rows.length < BATCH) return;
  }
}

/** The hash of one entry; null when there is no such entry. */
export async function hashAt(
  db: Database | InTransaction,
  position: number,
): Promise<string | null> {
  const row = await db
    .selectFrom('mayfly.ledger')
    .select('hash')
    .where('position', '=', String(position))
    .executeTakeFirst();
  return row?.hash ?? null;
}
