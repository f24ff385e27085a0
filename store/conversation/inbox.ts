import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { QUIET_KINDS } from '../../domain/events.ts';
import type { Address } from '../../domain/events.ts';
import { POLICY } from '../../domain/policy.ts';
import type { StoredContent, StoredWords } from '../../domain/stored-content.ts';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { InTransaction } from '../database.ts';

export interface IncomingMessage {
  providerId: string;
  /** Meta's time, never later than now. */
  at: Date;
  content: StoredContent;
  /** Where a reply can be sent; kept, sealed, only while Meta's messaging window is open (policy C3). */
  address: Address;
}

export interface StoredMessages {
  /** In the order given: whether we had the message already. */
  results: ('stored' | 'repeated')[];
  /** No wake of the conversation was outstanding: the caller, once it commits this, must wake it. */
  mustWake: boolean;
}

/** The kinds of row that never wait for an answer. */
export const NEVER_ANSWERED = ['unsent', 'overheard', ...QUIET_KINDS] as const;

/**
 * Whether a message asks for an answer that may still be given: Meta allows none to one that is older than its window, so
 * that nothing of it need leave. `message` is what the query calls the table.
 */
export function isAnswerable(message: string) {
  const [kind, sentAt] = [sql.ref(`${message}.kind`), sql.ref(`${message}.sent_at`)];
  return sql<boolean>`(${kind} <> ALL (${NEVER_ANSWERED}::text[])
    AND ${sentAt} > now() - ${POLICY.messagingWindowMs}::float8 * interval '1 millisecond')`;
}

/**
 * Stores messages of one person, sealed, and marks their conversation as waiting unless none of them asks for an answer:
 * one statement, so that both happen or neither. The address is the one of the newest message.
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
      RETURNING id, kind, sent_at
    ), before AS (
      SELECT id, wake_since FROM mayfly.subjects WHERE id = ${subject} FOR NO KEY UPDATE
    ), waiting AS (
      UPDATE mayfly.subjects AS s
      SET last_inbound_at = greatest(s.last_inbound_at, ${newest.at}),
          wake_since = CASE WHEN asks.anything THEN coalesce(s.wake_since, now()) ELSE s.wake_since END
      FROM before, (SELECT count(*) > 0 AS anything FROM stored WHERE ${isAnswerable('stored')}) AS asks
      WHERE s.id = before.id AND EXISTS (SELECT FROM stored)
      RETURNING asks.anything AND before.wake_since IS NULL AS must_wake
    ), address AS (
      INSERT INTO mayfly.addresses AS a (subject_id, sealed_address, window_closes_at)
      SELECT ${subject}, ${address}, ${windowClosesAt}::timestamptz
      WHERE EXISTS (SELECT FROM stored) AND ${windowClosesAt}::timestamptz > now()
      -- A late message must not bring back an address that a newer one has replaced.
      ON CONFLICT (subject_id) DO UPDATE
      SET sealed_address = excluded.sealed_address, window_closes_at = excluded.window_closes_at
      WHERE excluded.window_closes_at >= a.window_closes_at
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
    text: sealText(cipher, id, content),
    providerId: cipher.seal('messages.sealed_provider_id', id, providerId),
  };
}

function sealText(cipher: SubjectCipher, id: string, content: StoredContent): Buffer | null {
  return content.kind === 'text' ? cipher.seal('messages.sealed_text', id, content.text) : null;
}

/**
 * Replaces the words of a stored message. A message that was unsent, or that never had words, stays as it is.
 * `mustWake` says that an answer to it has not gone out yet, and that nothing else looks after it.
 */
export async function editMessage(
  trx: InTransaction,
  cipher: SubjectCipher,
  edit: { providerId: string; content: StoredWords },
): Promise<{ outcome: 'edited'; mustWake: boolean } | { outcome: 'kept' | 'unknown' }> {
  await lockInbox(trx, cipher);
  const row = await trx
    .selectFrom('mayfly.messages')
    .select(['id', 'kind'])
    .where('subject_id', '=', cipher.subjectId)
    .where('fingerprint', '=', cipher.fingerprint(edit.providerId))
    .executeTakeFirst();
  if (row === undefined) return { outcome: 'unknown' };
  if (row.kind !== 'text' && row.kind !== 'phrase') return { outcome: 'kept' };
  const { content } = edit;
  await trx
    .updateTable('mayfly.messages')
    .set({
      kind: content.kind,
      sealed_text: sealText(cipher, row.id, content),
      changed_at: sql`clock_timestamp()`,
    })
    .where('id', '=', row.id)
    .execute();
  // Not for a message that was a phrase before: Meta repeats its webhooks, and the answer would be repeated with them.
  if (content.kind === 'phrase' && row.kind === 'text') await askAgain(trx, row.id);
  return { outcome: 'edited', mustWake: await markChanged(trx, cipher, row.id) };
}

/** What was answered under its old words waits for an answer to its new ones, unless that answer can still be held back. */
async function askAgain(trx: InTransaction, messageId: string): Promise<void> {
  await trx
    .updateTable('mayfly.messages as m')
    .set({ reply_id: null, session_id: null })
    .where('m.id', '=', messageId)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('mayfly.deliveries as d')
          .select('d.id')
          .whereRef('d.reply_id', '=', 'm.reply_id')
          .where('d.state', '<>', 'planned'),
      ),
    )
    .execute();
}

/**
 * Adds the words of a message that Meta first told of without them. If a plea for words has gone out meanwhile, it
 * waits again. Null when there is no such message; else whether nothing else looks after it.
 */
export async function addWords(
  trx: InTransaction,
  cipher: SubjectCipher,
  { providerId, content }: Pick<IncomingMessage, 'providerId' | 'content'>,
): Promise<{ mustWake: boolean } | null> {
  await lockInbox(trx, cipher);
  const row = await trx
    .selectFrom('mayfly.messages')
    .select('id')
    .where('subject_id', '=', cipher.subjectId)
    .where('fingerprint', '=', cipher.fingerprint(providerId))
    .where('kind', '=', 'unread')
    .executeTakeFirst();
  if (row === undefined || content.kind === 'unread') return null;
  const text =
    content.kind === 'text' ? cipher.seal('messages.sealed_text', row.id, content.text) : null;
  await sql`
    UPDATE mayfly.messages AS m
    SET kind = ${content.kind}, sealed_text = ${text}, changed_at = clock_timestamp(),
      reply_id = CASE WHEN EXISTS (
        SELECT FROM mayfly.deliveries d WHERE d.reply_id = m.reply_id AND d.state <> 'planned'
      ) THEN NULL ELSE m.reply_id END
    WHERE m.id = ${row.id}`.execute(trx);
  return { mustWake: await markChanged(trx, cipher, row.id) };
}

/**
 * Erases what the person took back. When the unsending overtakes the message, the row that is left here
 * makes the later message a repeated one, so that its text is never stored.
 */
export async function eraseUnsentMessage(
  trx: InTransaction,
  cipher: SubjectCipher,
  unsent: { providerId: string; at: Date },
): Promise<{ mustWake: boolean }> {
  await lockInbox(trx, cipher);
  const row = await trx
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
        .doUpdateSet({
          kind: 'unsent',
          sealed_text: null,
          sealed_provider_id: null,
          changed_at: sql`clock_timestamp()`,
        })
        .where('mayfly.messages.kind', '<>', 'unsent'),
    )
    .returning('id')
    .executeTakeFirst();
  return { mustWake: row !== undefined && (await markChanged(trx, cipher, row.id)) };
}

/** Marks the conversation as waiting if a message waits; returns whether no wake was outstanding. */
export async function markWaiting(trx: InTransaction, subjectId: string): Promise<boolean> {
  const { rows } = await sql<{ must_wake: boolean }>`
    WITH before AS (
      SELECT wake_since FROM mayfly.subjects WHERE id = ${subjectId} FOR NO KEY UPDATE
    )
    UPDATE mayfly.subjects AS s SET wake_since = coalesce(s.wake_since, now())
    FROM before WHERE s.id = ${subjectId} AND EXISTS (
      SELECT FROM mayfly.messages m
      WHERE m.subject_id = ${subjectId} AND m.reply_id IS NULL AND ${isAnswerable('m')}
    )
    RETURNING before.wake_since IS NULL AS must_wake`.execute(trx);
  return rows[0]?.must_wake ?? false;
}

/** Whether somebody has written as this person after that time, by Meta's clock, which may count in whole seconds. */
export async function hasWrittenSince(
  trx: InTransaction,
  subjectId: string,
  at: Date,
): Promise<boolean> {
  const row = await trx
    .selectFrom('mayfly.subjects')
    .select('id')
    .where('id', '=', subjectId)
    .where('last_inbound_at', '>=', new Date(at.getTime() + 1000))
    .executeTakeFirst();
  return row !== undefined;
}

/** The same lock under which a draft is stored and passes the gate: a change comes before or after, never between. */
async function lockInbox(trx: InTransaction, { subjectId }: SubjectCipher): Promise<void> {
  await trx
    .selectFrom('mayfly.subjects')
    .select('id')
    .where('id', '=', subjectId)
    .forNoKeyUpdate()
    .execute();
}

/**
 * Marks the conversation as waiting when a changed message waits for an answer, or was answered by a draft of which
 * nothing was sent: the gate will hold that back, and what is left of the messages wants another.
 */
async function markChanged(
  trx: InTransaction,
  { subjectId }: SubjectCipher,
  messageId: string,
): Promise<boolean> {
  const { rows } = await sql<{ must_wake: boolean }>`
    WITH before AS (
      SELECT wake_since FROM mayfly.subjects WHERE id = ${subjectId}
    ), changed AS (
      SELECT FROM mayfly.messages m
      WHERE m.id = ${messageId} AND CASE
        WHEN m.reply_id IS NULL THEN ${isAnswerable('m')}
        ELSE NOT EXISTS (SELECT FROM mayfly.deliveries d WHERE d.reply_id = m.reply_id AND d.state <> 'planned')
      END
    )
    UPDATE mayfly.subjects AS s SET wake_since = coalesce(s.wake_since, now())
    FROM before WHERE s.id = ${subjectId} AND EXISTS (SELECT FROM changed)
    RETURNING before.wake_since IS NULL AS must_wake`.execute(trx);
  return rows[0]?.must_wake ?? false;
}
