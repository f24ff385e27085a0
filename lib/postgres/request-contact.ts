import { sql } from 'kysely';
import type { KeyRing } from '../crypto/key-ring.ts';
import type { Database, InTransaction } from './database.ts';
import type { People } from './people.ts';
import { requestContact } from './requests.ts';
import type { RequestContact } from './requests.ts';
import { rewrapBucket } from './rewrap-bucket.ts';
import { inTransaction } from './transaction.ts';

/** What a person told us with a request, opened; null when it was dropped. The request's row is locked. */
export async function readContact(trx: InTransaction, people: People, requestId: string): Promise<RequestContact | null> {
  const row = await trx
    .selectFrom('mayfly.requests')
    .select('sealed_contact')
    .where('id', '=', requestId)
    .forUpdate()
    .executeTakeFirst();
  if (!row?.sealed_contact) return null;
  const cipher = await people.cipher(trx, requestId);
  return requestContact.parse(JSON.parse(cipher.open('requests.sealed_contact', requestId, row.sealed_contact)));
}

export async function writeContact(trx: InTransaction, people: People, requestId: string, contact: RequestContact): Promise<void> {
  const cipher = await people.cipher(trx, requestId);
  await trx
    .updateTable('mayfly.requests')
    .set({ sealed_contact: cipher.seal('requests.sealed_contact', requestId, JSON.stringify(contact)) })
    .where('id', '=', requestId)
    .execute();
}

/**
 * Ends a request: the contact data goes, its key is destroyed like a person's, and nothing says any more whom it was
 * proven for (policy D3). It can be repeated; `onClosed` runs once, in the transaction that ends it.
 */
export async function dropContact(
  db: Database,
  ring: KeyRing,
  { requestId, reason }: { requestId: string; reason: string | null },
  onClosed: (trx: InTransaction) => Promise<unknown>,
): Promise<void> {
  const bucket = await inTransaction(db, async (trx) => {
    const closed = await trx
      .updateTable('mayfly.requests')
      .set({ sealed_contact: null, phrase_hash: null, reason, closed_at: sql`now()` })
      .where('id', '=', requestId)
      .where('closed_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (closed !== undefined) await onClosed(trx);
    await trx.deleteFrom('mayfly.request_subjects').where('request_id', '=', requestId).execute();
    // The key's row stays until its bucket has a new key, so that a repeated call still knows which one.
    const key = await trx
      .selectFrom('keys.subject_keys')
      .select('bucket')
      .where('subject_id', '=', requestId)
      .executeTakeFirst();
    return key?.bucket ?? null;
  });
  if (bucket === null) return;
  await db.deleteFrom('keys.subject_keys').where('subject_id', '=', requestId).execute();
  await rewrapBucket(db, ring, bucket);
}
