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

/** `repeated` is a message that we have already; `must wake` means that no wake of the conversation is outstanding. */
export type StoredMessage = 'repeated' | 'stored' | 'stored, must wake';

/** Stores one message, sealed, and marks its conversation as waiting: one statement, so that both happen or neither. */
export async function storeMessage(
  trx: InTransaction,
  cipher: SubjectCipher,
  message: IncomingMessage,
): Promise<StoredMessage> {
  const id = randomUUID();
  const { content, at } = message;
  const text =
    content.kind === 'text' ? cipher.seal('messages.sealed_text', id, content.text) : null;
  const providerId = cipher.seal('messages.sealed_provider_id', id, message.providerId);
  const subject = cipher.subjectId;
  const address = cipher.seal('addresses.sealed_address', subject, JSON.stringify(message.address));
  const windowClosesAt = new Date(at.getTime() + POLICY.messagingWindowMs);
  const { rows } = await sql<{ stored: boolean; must_wake: boolean | null }>`
    WITH stored AS (
      INSERT INTO mayfly.messages (id, subject_id, fingerprint, kind, sealed_text, sealed_provider_id, sent_at)
      VALUES (${id}, ${subject}, ${cipher.fingerprint(message.providerId)}, ${content.kind}, ${text}, ${providerId}, ${at})
      ON CONFLICT (subject_id, fingerprint) DO NOTHING
      RETURNING id
    ), before AS (
      SELECT id, wake_since FROM mayfly.subjects WHERE id = ${subject} FOR UPDATE
    ), waiting AS (
      UPDATE mayfly.subjects AS s
      SET last_inbound_at = greatest(s.last_inbound_at, ${at}), wake_since = coalesce(s.wake_since, now())
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
    SELECT EXISTS (SELECT FROM stored) AS stored, (SELECT must_wake FROM waiting) AS must_wake`.execute(
    trx,
  );
  const [row] = rows;
  if (row === undefined || !row.stored) return 'repeated';
  return row.must_wake === true ? 'stored, must wake' : 'stored';
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
