import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Standing } from '../../domain/standing.ts';
import type { Tables } from '../../domain/tables.ts';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { Database, InTransaction } from '../database.ts';
import { isAnswerable, NEVER_ANSWERED } from './inbox.ts';

/** A message that waits for an answer, opened. `text` is null for what was not text. */
export interface WaitingMessage {
  id: string;
  arrival: bigint;
  kind: Tables['mayfly.messages']['kind'];
  text: string | null;
  /** When the person last edited it; null when they never did. */
  changedAt: Date | null;
}

/** What identifies a message as it was read: the same id with another time of change is another message. */
export type KnownMessage = Pick<WaitingMessage, 'id' | 'changedAt'>;

export interface Inbox {
  messages: WaitingMessage[];
  firstAgeMs: number;
  lastAgeMs: number;
}

/**
 * The subject's row as the turn needs it, locked until the transaction ends; undefined when the subject is gone. A
 * transaction that locks more of a person than one delivery locks this row first, so that no two wait for each other.
 * The lock still lets in rows that refer to this one: a status, which holds its delivery, may add the row of a second
 * copy meanwhile.
 */
export async function lockSubject(trx: InTransaction, subjectId: string) {
  return trx
    .selectFrom('mayfly.subjects')
    .select([
      'channel',
      'account',
      'erasing_at',
      'restricted_at',
      'objected_at',
      'opted_out_at',
      'human_until',
    ])
    .where('id', '=', subjectId)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

export async function readStanding(db: Database, subjectId: string): Promise<Standing | undefined> {
  return db
    .selectFrom('mayfly.subjects')
    .select(['erasing_at', 'restricted_at', 'objected_at', 'opted_out_at', 'human_until'])
    .where('id', '=', subjectId)
    .executeTakeFirst();
}

/** Records that a conversation looks after the waiting messages, so that the sweep leaves it alone. */
export async function takeWake(db: Database, subjectId: string): Promise<void> {
  await db
    .updateTable('mayfly.subjects')
    .set({ wake_taken_at: sql`now()` })
    .where('id', '=', subjectId)
    .where('wake_since', 'is not', null)
    .execute();
}

/** No wake is outstanding any more: the next message must wake the conversation again. */
export async function clearWake(trx: InTransaction, subjectId: string): Promise<void> {
  await trx
    .updateTable('mayfly.subjects')
    .set({ wake_since: null, wake_taken_at: null })
    .where('id', '=', subjectId)
    .where('wake_since', 'is not', null)
    .execute();
}

/** Nothing of a person who is being erased is read any more. */
function isKept(subjectId: string) {
  return sql<boolean>`NOT EXISTS (
    SELECT FROM mayfly.subjects s WHERE s.id = ${subjectId} AND s.erasing_at IS NOT NULL)`;
}

/** Every message that waits and may be answered, in the order of Meta's times, with how long ago the first arrived and the last arrived or changed. */
export async function readInbox(trx: InTransaction, cipher: SubjectCipher): Promise<Inbox | null> {
  const rows = await trx
    .selectFrom('mayfly.messages')
    .select(['id', 'arrival', 'kind', 'sealed_text', 'changed_at'])
    .select([
      ageMs(sql`received_at`).as('age_ms'),
      ageMs(sql`coalesce(changed_at, received_at)`).as('unchanged_ms'),
    ])
    .where('subject_id', '=', cipher.subjectId)
    .where('reply_id', 'is', null)
    .where(isAnswerable('mayfly.messages'))
    .where(isKept(cipher.subjectId))
    .orderBy('sent_at')
    .orderBy('arrival')
    .execute();
  if (rows.length === 0) return null;
  return {
    messages: rows.map((row) => ({
      id: row.id,
      arrival: BigInt(row.arrival),
      kind: row.kind,
      text: row.sealed_text && cipher.open('messages.sealed_text', row.id, row.sealed_text),
      changedAt: row.changed_at,
    })),
    firstAgeMs: Math.max(...rows.map(({ age_ms }) => age_ms)),
    lastAgeMs: Math.min(...rows.map(({ unchanged_ms }) => unchanged_ms)),
  };
}

function ageMs(since: RawBuilder<unknown>) {
  return sql<number>`extract(epoch FROM clock_timestamp() - ${since})::float8 * 1000`;
}

/**
 * What became of the inbox since these messages were read. `changed`: one of them was edited, taken back or answered,
 * or the person is being erased, so that an answer to them no longer counts. `more`: they wait as they were, and so do
 * others.
 */
export async function inboxSince(
  db: Database | InTransaction,
  subjectId: string,
  known: readonly KnownMessage[],
): Promise<'same' | 'more' | 'changed'> {
  const rows = await db
    .selectFrom('mayfly.messages')
    .select(['id', 'changed_at'])
    .select(isAnswerable('mayfly.messages').as('is_answerable'))
    .where('subject_id', '=', subjectId)
    .where('reply_id', 'is', null)
    .where('kind', 'not in', NEVER_ANSWERED)
    .where(isKept(subjectId))
    .execute();
  const waiting = new Map(rows.map((row) => [row.id, row]));
  // One whose window closes meanwhile waits as it was: the gate says so.
  const isAsRead = ({ id, changedAt }: KnownMessage) =>
    waiting.has(id) && waiting.get(id)?.changed_at?.getTime() === changedAt?.getTime();
  if (!known.every(isAsRead)) return 'changed';
  const ids = new Set(known.map(({ id }) => id));
  return rows.some((row) => row.is_answerable && !ids.has(row.id)) ? 'more' : 'same';
}

/** Whether a message came, or one that it answers was edited or taken back, after this reply was written. */
export async function hasWaitingSince(trx: InTransaction, replyId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('mayfly.replies as r')
    .innerJoin('mayfly.messages as m', 'm.subject_id', 'r.subject_id')
    .select('m.id')
    .where('r.id', '=', replyId)
    .where((eb) =>
      eb.or([
        eb.and([
          eb('m.reply_id', 'is', null),
          isAnswerable('m'),
          eb('m.received_at', '>', eb.ref('r.created_at')),
        ]),
        eb.and([
          eb('m.reply_id', '=', eb.ref('r.id')),
          eb('m.changed_at', '>', eb.ref('r.created_at')),
        ]),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Subjects whose wake was not taken, or was taken and not finished, for this many milliseconds; the longest waiting
 * first. Not those whose last reply still waits for its account or for Meta: they are looked after.
 */
export async function findOverdueWakes(
  db: Database,
  overdue: { untakenMs: number; takenMs: number },
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM mayfly.subjects AS s
    WHERE wake_since < now() - ${overdue.untakenMs}::float8 * interval '1 millisecond'
      AND (wake_taken_at IS NULL OR wake_taken_at < now() - ${overdue.takenMs}::float8 * interval '1 millisecond')
      AND NOT EXISTS (
        SELECT FROM mayfly.waiting_replies AS w WHERE w.subject_id = s.id AND w.waits_until > now()
      )
    ORDER BY wake_since
    LIMIT ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Meta's id of a message, opened; null when it was unsent. */
export async function readProviderId(
  trx: InTransaction,
  cipher: SubjectCipher,
  messageId: string,
): Promise<string | null> {
  const row = await trx
    .selectFrom('mayfly.messages')
    .select('sealed_provider_id')
    .where('id', '=', messageId)
    .where('subject_id', '=', cipher.subjectId)
    .executeTakeFirst();
  const sealed = row?.sealed_provider_id;
  return sealed ? cipher.open('messages.sealed_provider_id', messageId, sealed) : null;
}
