import { sql } from 'kysely';
import type { Database, InTransaction } from '../database.ts';

const BATCH = 1_000;

/** A checkpoint as the database keeps it: the signed statement, and what it must agree with. */
export interface StoredCheckpoint {
  position: number;
  keyId: string;
  statement: string;
}

export async function insertCheckpoint(
  trx: InTransaction,
  checkpoint: StoredCheckpoint,
): Promise<void> {
  await trx
    .insertInto('mayfly.ledger_checkpoints')
    .values({
      position: String(checkpoint.position),
      key_id: checkpoint.keyId,
      statement: checkpoint.statement,
    })
    .execute();
}

/** The checkpoints behind a position in their order, read in batches. */
export async function* storedCheckpoints(
  db: Database | InTransaction,
  after: number,
): AsyncGenerator<StoredCheckpoint, void, undefined> {
  for (let last = after; ;) {
    const { rows } = await sql<{ position: string; keyId: string; statement: string }>`
      SELECT position, key_id AS "keyId", statement
      FROM mayfly.ledger_checkpoints WHERE position > ${last} ORDER BY position LIMIT ${BATCH}`.execute(
      db,
    );
    for (const row of rows) {
      last = Number(row.position);
      yield { ...row, position: last };
    }
    if (rows.length < BATCH) return;
  }
}

/** The key that signed the newest checkpoint; null before the first. */
export async function lastSigner(trx: InTransaction): Promise<string | null> {
  const row = await trx
    .selectFrom('mayfly.ledger_checkpoints')
    .select('key_id')
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.key_id ?? null;
}
