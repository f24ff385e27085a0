import { sql } from 'kysely';
import { REQUEST_ENDS } from '../../domain/privacy-request.ts';
import type { RequestEnd } from '../../domain/privacy-request.ts';
import type { KeyRing } from '../../lib/crypto/key-ring.ts';
import { failPoint } from '../../lib/fail-point.ts';
import type { Database, InTransaction } from '../database.ts';
import type { People } from '../people/people.ts';
import { requestContact } from './requests.ts';
import type { RequestContact } from './requests.ts';
import { rewrapBucket } from '../keys/rewrap-bucket.ts';
import { inTransaction } from '../transaction.ts';

/** What a person told us with a request, opened; null when it was dropped. The request's row is locked. */
export async function readContact(
  trx: InTransaction,
  people: People,
  requestId: string,
): Promise<RequestContact | null> {
  const row = await trx
    .selectFrom('mayfly.requests')
    .select('sealed_contact')
    .where('id', '=', requestId)
    .forUpdate()
    .executeTakeFirst();
  if (!row?.sealed_contact) return null;
  const cipher = await people.cipher(trx, requestId);
  return requestContact.parse(
    JSON.parse(cipher.open('requests.sealed_contact', requestId, row.sealed_contact)),
  );
}

export async function writeContact(
  trx: InTransaction,
  people: People,
  requestId: string,
  contact: RequestContact,
): Promise<void> {
  const cipher = await people.cipher(trx, requestId);
  await trx
    .updateTable('mayfly.requests')
    .set({
      sealed_contact: cipher.seal('requests.sealed_contact', requestId, JSON.stringify(contact)),
    })
    .where('id', '=', requestId)
    .execute();
}

/** The phrase of a request, opened, for as long as it proves anything; null afterwards, and for one that has none. */
export async function readPhrase(
  trx: InTransaction,
  people: People,
  requestId: string,
): Promise<string | null> {
  const row = await trx
    .selectFrom('mayfly.requests')
    .select(['sealed_phrase', sql<boolean>`due_at > now()`.as('is_in_time')])
    .where('id', '=', requestId)
    .executeTakeFirst();
  if (!row?.sealed_phrase || !row.is_in_time) return null;
  const cipher = await people.cipher(trx, requestId);
  return cipher.open('requests.sealed_phrase', requestId, row.sealed_phrase);
}

/**
 * Forgets how to reach the person who asked, and whom the request was proven for, and notes the reason if it could not
 * be done in full; the key of the contact data is destroyed like a person's (policy D3). How it stands with each
 * account stays, and so does the hash of the phrase, which says nothing of anybody: one that comes late is answered
 * truthfully. It can be repeated, and goes on where it was stopped.
 */
export async function dropContact(
  db: Database,
  ring: KeyRing,
  { requestId, reason }: { requestId: string; reason: string | null },
): Promise<void> {
  const bucket = await inTransaction(db, async (trx) => {
    const { contact_bucket: left } = await trx
      .selectFrom('mayfly.requests')
      .select('contact_bucket')
      .where('id', '=', requestId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const key = await trx
      .deleteFrom('keys.subject_keys')
      .where('subject_id', '=', requestId)
      .returning('bucket')
      .executeTakeFirst();
    await trx.deleteFrom('mayfly.request_subjects').where('request_id', '=', requestId).execute();
    await trx
      .updateTable('mayfly.request_decisions')
      .set({ terms: null })
      .where('request_id', '=', requestId)
      .execute();
    // Noted until the bucket has a new key, so that a repeated call still knows which one it is.
    const noted = key?.bucket ?? left;
    await trx
      .updateTable('mayfly.requests')
      .set({
        sealed_contact: null,
        sealed_phrase: null,
        contact_bucket: noted,
        reason: sql<string | null>`coalesce(${reason}::text, reason)`,
      })
      .where('id', '=', requestId)
      .execute();
    return noted;
  });
  failPoint('after contact');
  if (bucket === null) return;
  await rewrapBucket(db, ring, bucket);
  await db
    .updateTable('mayfly.requests')
    .set({ contact_bucket: null })
    .where('id', '=', requestId)
    .execute();
}

/** Ends a request whose contact data is dropped, and returns how it ended; null when it had ended before. */
export async function closeRequest(
  trx: InTransaction,
  requestId: string,
): Promise<RequestEnd | null> {
  const closed = await trx
    .updateTable('mayfly.requests')
    .set({ closed_at: sql`now()` })
    .where('id', '=', requestId)
    .where('closed_at', 'is', null)
    .returning('state')
    .executeTakeFirst();
  if (closed === undefined) return null;
  const end = REQUEST_ENDS.find((one) => one === closed.state);
  if (end === undefined) throw new Error('This request has not ended.');
  return end;
}
