import { sql } from 'kysely';
import type { Standing } from '../../domain/standing.ts';
import type { Tables } from '../../domain/tables.ts';
import type { SubjectCipher } from '../crypto/subject-cipher.ts';
import type { Database, InTransaction } from './database.ts';

/** A message that waits for an answer, opened. `text` is null for what was not text. */
export interface WaitingMessage {
  id: string;
  arrival: bigint;
  kind: Tables['mayfly.messages']['kind'];
  text: string | null;
}

export interface Inbox {
  messages: WaitingMessage[];
  firstAgeMs: number;
  lastAgeMs: number;
}

/** The subject's row as the turn needs it, locked until the transaction ends; undefined when the subject is gone. */
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
    .forUpdate()
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

/** Every unanswered message in the order of Meta's times, with how long ago the first and the last arrived here. */
export async function readInbox(trx: InTransaction, cipher: SubjectCipher): Promise<Inbox | null> {
  const rows = await trx
    .selectFrom('mayfly.messages')
    .select(['id', 'arrival', 'kind', 'sealed_text'])
    .select(
      sql<number>`extract(epoch FROM clock_timestamp() - received_at)::float8 * 1000`.as('age_ms'),
    )
    .where('subject_id', '=', cipher.subjectId)
    .where('reply_id', 'is', null)
    .where('kind', '<>', 'unsent')
    .orderBy('sent_at')
    .orderBy('arrival')
    .execute();
  if (rows.length === 0) return null;
  const ages = rows.map(({ age_ms }) => age_ms);
  return {
    messages: rows.map((row) => ({
      id: row.id,
      arrival: BigInt(row.arrival),
      kind: row.kind,
      text: row.sealed_text && cipher.open('messages.sealed_text', row.id, row.sealed_text),
    })),
    firstAgeMs: Math.max(...ages),
    lastAgeMs: Math.min(...ages),
  };
}

/** Whether a message waits that is not among these. An edit or an unsending of one of them counts as well. */
export async function hasOtherWaiting(
  db: Database | InTransaction,
  subjectId: string,
  known: readonly { id: string }[],
): Promise<boolean> {
  const rows = await db
    .selectFrom('mayfly.messages')
    .select('id')
    .where('subject_id', '=', subjectId)
    .where('reply_id', 'is', null)
    .where('kind', '<>', 'unsent')
    .execute();
  const ids = new Set(known.map(({ id }) => id));
  return rows.length !== ids.size || rows.some(({ id }) => !ids.has(id));
}

/** Whether a message came after this reply was written. */
export async function hasWaitingSince(trx: InTransaction, replyId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('mayfly.replies as r')
    .innerJoin('mayfly.messages as m', 'm.subject_id', 'r.subject_id')
    .select('m.id')
    .where('r.id', '=', replyId)
    .where('m.reply_id', 'is', null)
    .where('m.kind', '<>', 'unsent')
    .whereRef('m.received_at', '>', 'r.created_at')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Subjects whose wake nobody took, or took and did not finish, for this many milliseconds; the longest waiting first. */
export async function findOverdueWakes(
  db: Database,
  overdue: { untakenMs: number; takenMs: number },
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM mayfly.subjects
    WHERE wake_since < now() - ${overdue.untakenMs}::float8 * interval '1 millisecond'
      AND (wake_taken_at IS NULL OR wake_taken_at < now() - ${overdue.takenMs}::float8 * interval '1 millisecond')
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
