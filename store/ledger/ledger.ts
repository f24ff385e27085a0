import { LOCKS } from '../locks.ts';
import { sql } from 'kysely';
import { GENESIS, isLedgerEntry } from '../../domain/ledger.ts';
import type { NewLedgerEntry } from '../../domain/ledger.ts';
import type { InTransaction } from '../database.ts';
import { hashOfEntry } from './ledger-hash.ts';

/** Where an entry stands in the ledger. */
export interface LedgerPlace {
  position: number;
  hash: string;
  /** In UTC with microseconds. */
  at: string;
}

/**
 * Adds an entry to the chain. It is there when the transaction commits, and positions have no gaps, because the next to
 * append waits for that commit: append last in a transaction, and commit soon. A transaction with a snapshot of its own
 * (repeatable read) fails with a duplicate position when another one appended meanwhile.
 * @throws TypeError for anything but the words and counts of domain/ledger.ts.
 */
export async function appendLedger(
  trx: InTransaction,
  entry: NewLedgerEntry,
): Promise<LedgerPlace> {
  if (!isLedgerEntry(entry)) {
    throw new TypeError('a ledger entry takes only what domain/ledger.ts lists for its action');
  }
  // A statement of its own: the next one must see what was committed while this one waited.
  await sql`SELECT pg_advisory_xact_lock(${LOCKS.ledger})`.execute(trx);
  const head = await ledgerHead(trx);
  const next = {
    position: head.position + 1,
    at: head.now,
    actorRole: entry.actorRole,
    actor: entry.actor ?? null,
    action: entry.action,
    requestId: entry.requestId?.toLowerCase() ?? null,
    details: entry.details,
    previousHash: head.hash,
  };
  const hash = hashOfEntry(next);
  await sql`
    INSERT INTO mayfly.ledger (position, at, actor_role, actor, action, request_id, details, previous_hash, hash)
    VALUES (${next.position}, ${next.at}, ${next.actorRole}, ${next.actor}, ${next.action}, ${next.requestId},
      ${JSON.stringify(next.details)}, ${next.previousHash}, ${hash})`.execute(trx);
  return { position: next.position, hash, at: next.at };
}

/**
 * Adds an entry about a request unless the same one is there already, so that an activity that runs again records what
 * it did once. The same means: same request, same action, same details.
 */
export async function appendLedgerOnce(
  trx: InTransaction,
  entry: NewLedgerEntry & { requestId: string },
): Promise<LedgerPlace> {
  await sql`SELECT pg_advisory_xact_lock(${LOCKS.ledger})`.execute(trx);
  const { rows } = await sql<{ position: string; hash: string; at: string }>`
    SELECT position, hash, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
    FROM mayfly.ledger
    WHERE request_id = ${entry.requestId} AND action = ${entry.action} AND details = ${JSON.stringify(entry.details)}
    ORDER BY position LIMIT 1`.execute(trx);
  const [row] = rows;
  return row === undefined ? appendLedger(trx, entry) : { ...row, position: Number(row.position) };
}

/**
 * Adds an entry `data read` unless the same reader has read the same within the hour: opening one page may read thirty
 * times. The same means: same reader, same request (or none), same details.
 */
export async function appendReading(
  trx: InTransaction,
  entry: Extract<NewLedgerEntry, { action: 'data read' }>,
): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${LOCKS.ledger})`.execute(trx);
  const { rows } = await sql`
    SELECT FROM mayfly.ledger
    WHERE action = 'data read' AND at > clock_timestamp() - interval '1 hour'
      AND actor IS NOT DISTINCT FROM ${entry.actor ?? null}
      AND request_id IS NOT DISTINCT FROM ${entry.requestId ?? null}::uuid
      AND details = ${JSON.stringify(entry.details)}
    LIMIT 1`.execute(trx);
  if (rows.length === 0) await appendLedger(trx, entry);
}

/** The newest entry that is visible, and the database's time in the form of the ledger. */
async function ledgerHead(
  trx: InTransaction,
): Promise<{ position: number; hash: string; now: string }> {
  const { rows } = await sql<{ now: string; position: string | null; hash: string | null }>`
    SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS now, head.position, head.hash
    FROM (SELECT 1) AS one
    LEFT JOIN (SELECT position, hash FROM mayfly.ledger ORDER BY position DESC LIMIT 1) AS head ON true`.execute(
    trx,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the database did not tell its time');
  return {
    position: row.position === null ? GENESIS.position : Number(row.position),
    hash: row.hash ?? GENESIS.hash,
    now: row.now,
  };
}
