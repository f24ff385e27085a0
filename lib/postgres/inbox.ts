import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Address, MessageContent } from '../../domain/events.ts';
import { POLICY } from '../../domain/policy.ts';
import type { SubjectCipher } from '../crypto/subject-cipher.ts';
import type { InTransaction } from './database.ts';

export interface IncomingMessage {
  providerId: string;
  /** Meta's time, never later than now. */
  at: Date;
  content: MessageContent;
  /** Where a reply can be sent; kept, sealed, only while Meta's messaging window is open (policy C3). */
  address: Address;
}

export interface StoredMessages {
  /** In the order given: whether we had the message already. */
  results: ('stored' | 'repeated')[];
  /** No wake of the conversation was outstanding: whoever commits this must wake it. */
  mustWake: boolean;
}

/**
 * Stores messages of one person, sealed, and marks their conversation as waiting: one statement, so that both happen or
 * neither. The address is the one of the newest message.
 */
export async function storeMessages(
  trx: InTransaction,
  cipher: SubjectCipher,
  messages: readonly IncomingMessage[],
): Promise<StoredMessages> {
  const rows = messages.map((message) => sealMessage(cipher, message));
  const newest = messages.reduce((latest, message) => (message.at > latest.at ? message : latest));
  const subject = cipher.subjectId;
  const address = cipher.seal('addresses.sealed_address', subject, JSON.stringify(newest.address));
  const windowClosesAt = new Date(newest.at.getTime() + POLICY.messagingWindowMs);
  const found = await sql<{ id: string; must_wake: boolean }>`
    WITH stored AS (
      INSERT INTO mayfly.messages (id, subject_id, fingerprint, kind, sealed_text, sealed_provider_id, sent_at)
      SELECT id, ${subject}, fingerprint, kind, sealed_text, sealed_provider_id, sent_at
      FROM unnest(
        ${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ fingerprint }) => fingerprint)}::bytea[],
        ${rows.map(({ kind }) => kind)}::text[], ${rows.map(({ text }) => text)}::bytea[],
        ${rows.map(({ providerId }) => providerId)}::bytea[], ${rows.map(({ at }) => at)}::timestamptz[]
      ) AS given (id, fingerprint, kind, sealed_text, sealed_provider_id, sent_at)
      ON CONFLICT (subject_id, fingerprint) DO NOTHING
      RETURNING id
    ), before AS (
      SELECT id, wake_since FROM mayfly.subjects WHERE id = ${subject} FOR UPDATE
    ), waiting AS (
      UPDATE mayfly.subjects AS s
      SET last_inbound_at = greatest(s.last_inbound_at, ${newest.at}), wake_since = coalesce(s.wake_since, now())
      FROM before WHERE s.id = before.id AND EXISTS (SELECT FROM stored)
      RETURNING before.wake_since IS NULL AS must_wake
    ), address AS (
      INSERT INTO mayfly.addresses AS a (subject_id, sealed_address, window_closes_at)
      SELECT ${subject}, ${address}, ${windowClosesAt}::timestamptz
      WHERE EXISTS (SELECT FROM stored) AND ${windowClosesAt}::timestamptz > now()
      ON CONFLICT (subject_id) DO UPDATE
      SET sealed_address = excluded.sealed_address,
          window_closes_at = greatest(a.window_closes_at, excluded.window_closes_at)
    )
    SELECT stored.id, waiting.must_wake FROM stored CROSS JOIN waiting`.execute(trx);
  const stored = new Set(found.rows.map(({ id }) => id));
  return {
    results: rows.map(({ id }) => (stored.has(id) ? 'stored' : 'repeated')),
    mustWake: found.rows[0]?.must_wake ?? false,
  };
}

function sealMessage(cipher: SubjectCipher, { content, providerId, at }: IncomingMessage) {
  const id = randomUUID();
  return {
    id,
    at,
    kind: content.kind,
    fingerprint: cipher.fingerprint(providerId),
    text: content.kind === 'text' ? cipher.seal('messages.sealed_text', id, content.text) : null,
    providerId: cipher.seal('messages.sealed_provider_id', id, providerId),
  };
}

/** Replaces the text of a stored message. A message that we do not have, or that was unsent, stays as it is. */
export async function editMessage(
  trx: InTransaction,
  cipher: SubjectCipher,
  edit: { providerId: string; text: string },
): Promise<boolean> {
  const row = await trx
    .selectFrom('mayfly.messages')
    .select('id')
    .where('subject_id', '=', cipher.subjectId)
    .where('fingerprint', '=', cipher.fingerprint(edit.providerId))
    .where('kind', '=', 'text')
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return false;
  await trx
    .updateTable('mayfly.messages')
    .set({ sealed_text: cipher.seal('messages.sealed_text', row.id, edit.text) })
    .where('id', '=', row.id)
    .execute();
  return true;
}

/**
 * Erases what the person took back. When the unsending overtakes the message, the row that is left here
 * makes the later message a repeated one, so that its text is never stored.
 */
export async function eraseUnsentMessage(
  trx: InTransaction,
  cipher: SubjectCipher,
  unsent: { providerId: string; at: Date },
): Promise<void> {
  await trx
    .insertInto('mayfly.messages')
    .values({
      id: randomUUID(),
      subject_id: cipher.subjectId,
      fingerprint: cipher.fingerprint(unsent.providerId),
      kind: 'unsent',
      sent_at: unsent.at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['subject_id', 'fingerprint'])
        .doUpdateSet({ kind: 'unsent', sealed_text: null, sealed_provider_id: null }),
    )
    .execute();
}
