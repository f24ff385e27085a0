import { sql } from 'kysely';
import type { InTransaction } from '../database.ts';

const BACKUP_KEYS = 0x6d61_0008;

/** Only one process at a time makes or destroys keys of key backups, until the transaction ends. */
export async function lockBackupKeys(trx: InTransaction): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${BACKUP_KEYS})`.execute(trx);
}
