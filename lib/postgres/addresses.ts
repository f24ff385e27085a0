import { z } from 'zod';
import { ADDRESS_KINDS } from '../../domain/events.ts';
import type { Address } from '../../domain/events.ts';
import type { SubjectCipher } from '../crypto/subject-cipher.ts';
import type { Database, InTransaction } from './database.ts';

const storedAddress = z.object({ kind: z.enum(ADDRESS_KINDS), value: z.string() });

/** Where a reply can be sent now, or null when Meta's messaging window has closed (policy C3, M1). */
export async function readAddress(
  trx: InTransaction,
  cipher: SubjectCipher,
): Promise<Address | null> {
  const row = await trx
    .selectFrom('mayfly.addresses')
    .select('sealed_address')
    .where('subject_id', '=', cipher.subjectId)
    .where('window_closes_at', '>', (eb) => eb.fn<Date>('now'))
    .executeTakeFirst();
  if (row === undefined) return null;
  const opened = cipher.open('addresses.sealed_address', cipher.subjectId, row.sealed_address);
  return storedAddress.parse(JSON.parse(opened));
}

/** Drops the addresses to which nothing may be sent any more; returns how many. */
export async function dropClosedAddresses(db: Database): Promise<number> {
  const result = await db
    .deleteFrom('mayfly.addresses')
    .where('window_closes_at', '<=', (eb) => eb.fn<Date>('now'))
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
