import { LOCKS } from '../locks.ts';
import { sql } from 'kysely';
import type { InTransaction } from '../database.ts';

/** Only one process at a time makes or destroys keys of key backups, until the transaction ends. */
export async function lockBackupKeys(trx: InTransaction): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${LOCKS.backupKeys})`.execute(trx);
}
