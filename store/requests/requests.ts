import { LOCKS } from '../locks.ts';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import { CHANNELS } from '../../domain/channels.ts';
import type { Channel } from '../../domain/channels.ts';
import { ADDRESS_KINDS, IDENTIFIER_KINDS } from '../../domain/events.ts';
import { dueAt, MAIL_EVENTS } from '../../domain/privacy-request.ts';
import type { Intake, RequestInput, RequestState, Right } from '../../domain/privacy-request.ts';
import type { Database, InTransaction } from '../database.ts';
import { isHeld } from '../erasure/holds.ts';
import type { People } from '../people/people.ts';
import { nameAccounts } from './request-accounts.ts';

/** What a person told us with a request, and where its answer goes. Sealed under a key of the request's own. */
export const requestContact = z.object({
  instagram: z.string().optional(),
  whatsapp: z.string().optional(),
  /** The person who asked in their chat: that account is the one that the request names. */
  asker: z.object({ channel: z.enum(CHANNELS), subjectId: z.uuid() }).optional(),
  description: z.string().optional(),
  replyTo: z.string().optional(),
  /** Opens the status page. Kept only for mails to `replyTo`, which name it, and gone with it. */
  code: z.string().optional(),
  /** The mails that were begun: whether each is over, and how many of its sends may or may not have gone out. */
  mails: z
    .partialRecord(
      z.enum(MAIL_EVENTS),
      z.object({
        isOver: z.boolean(),
        unsure: z.int().min(0),
        /** The mail's own, the same when it is sent once more. */
        id: z.string().optional(),
      }),
    )
    .optional(),
  /** The chats that the person proved to be theirs; the answer is told there. */
  chats: z
    .array(
      z.object({
        channel: z.enum(CHANNELS),
        account: z.string(),
        to: z.object({ kind: z.enum(ADDRESS_KINDS), value: z.string() }),
      }),
    )
    .default([]),
  /**
   * The identifiers of the person who proved an account, to find everybody who is known by them when the work begins.
   */
  proofs: z
    .array(
      z.object({
        channel: z.enum(CHANNELS),
        identifiers: z.array(z.object({ kind: z.enum(IDENTIFIER_KINDS), value: z.string() })),
      }),
    )
    .default([]),
  /** How often the person has corrected which accounts they mean. */
  corrections: z.int().min(0).default(0),
});
export type RequestContact = z.infer<typeof requestContact>;
/** The same before defaults are filled in. */
export type NewContact = z.input<typeof requestContact>;

export interface NewRequest {
  right: Right;
  intake: Intake;
  receivedAt: Date;
  codeHash: Buffer;
  /** Null when the request is verified by how it came. */
  phrase: { text: string; hash: Buffer } | null;
  /** The accounts that it names, each of which has to be proven. */
  accounts: readonly Channel[];
  /** Why it will be refused, when that is known on receipt. */
  refusal?: string;
  contact: NewContact;
}

/** Stores a request with its contact data sealed under a key made for it, and returns what its workflow is started with. */
export async function createRequest(
  trx: InTransaction,
  people: People,
  request: NewRequest,
): Promise<RequestInput> {
  const id = randomUUID();
  const due = dueAt(request.receivedAt);
  const cipher = await people.createKey(trx, id);
  await trx
    .insertInto('mayfly.requests')
    .values({
      id,
      right_asked: request.right,
      intake: request.intake,
      state: 'received',
      reason: request.refusal ?? null,
      refused_at: request.refusal === undefined ? null : sql`now()`,
      code_hash: request.codeHash,
      phrase_hash: request.phrase?.hash ?? null,
      received_at: request.receivedAt,
      due_at: due,
      sealed_contact: cipher.seal('requests.sealed_contact', id, JSON.stringify(request.contact)),
      sealed_phrase:
        request.phrase && cipher.seal('requests.sealed_phrase', id, request.phrase.text),
    })
    .execute();
  await nameAccounts(trx, id, request.accounts);
  await recordStep(trx, id, 'received');
  return {
    requestId: id,
    right: request.right,
    intake: request.intake,
    receivedAtMs: request.receivedAt.getTime(),
    dueAtMs: due.getTime(),
  };
}

/** Lets only one transaction at a time take in the request of a code, until it ends. */
export async function lockCode(trx: InTransaction, codeHash: Buffer): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${LOCKS.requestCode}, ${codeHash.readInt32BE(0)})`.execute(
    trx,
  );
}

/** Notes when a state was reached for the first time, and that the request stands there now. */
export async function recordStep(
  db: Database | InTransaction,
  requestId: string,
  state: RequestState,
): Promise<void> {
  await db
    .insertInto('mayfly.request_steps')
    .values({ request_id: requestId, name: state })
    .onConflict((conflict) => conflict.columns(['request_id', 'name']).doNothing())
    .execute();
  await db.updateTable('mayfly.requests').set({ state }).where('id', '=', requestId).execute();
}

/**
 * Takes a request back, for as long as nothing has been erased for it. Locked against the workflow, which begins erasing
 * only for a request that it finds not withdrawn.
 */
export async function withdrawRequest(
  trx: InTransaction,
  requestId: string,
): Promise<'withdrawn' | 'too late'> {
  const { state, ...request } = await trx
    .selectFrom('mayfly.requests')
    .select(['state', 'refused_at', 'door_closed_at'])
    .where('id', '=', requestId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  // A request waits again for its second account once the first one is erased: the state alone does not tell.
  const begun = await trx
    .selectFrom('mayfly.request_steps')
    .select('name')
    .where('request_id', '=', requestId)
    .where('name', '=', 'working')
    .executeTakeFirst();
  // Refused, or looked at for the last time, it has its answer, although the state does not say so yet.
  const isAnswered = request.refused_at !== null || request.door_closed_at !== null;
  if (begun !== undefined || isAnswered || !TAKEN_BACK_IN.includes(state)) return 'too late';
  await trx
    .updateTable('mayfly.requests')
    .set({ withdrawn_at: sql`coalesce(withdrawn_at, now())`, sealed_phrase: null })
    .where('id', '=', requestId)
    .execute();
  return 'withdrawn';
}

const TAKEN_BACK_IN: readonly RequestState[] = ['received', 'confirm it is you'];

/** What an open request's workflow is started with again, on its original clock. */
export async function findOpenRequests(db: Database, limit: number): Promise<RequestInput[]> {
  const rows = await db
    .selectFrom('mayfly.requests')
    .select(['id', 'right_asked', 'intake', 'received_at', 'due_at'])
    .where('closed_at', 'is', null)
    .orderBy('due_at')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    requestId: row.id,
    right: row.right_asked,
    intake: row.intake,
    receivedAtMs: row.received_at.getTime(),
    dueAtMs: row.due_at.getTime(),
  }));
}

/**
 * Open requests that were confirmed, decided or taken back, or whose hold has ended, and that were not looked at since:
 * their wake may have been lost.
 */
export async function findUnheardRequests(
  db: Database,
  limit: number,
): Promise<{ requestId: string; news: 'confirmed' | 'withdrawn' }[]> {
  const { rows } = await sql<{ id: string; is_withdrawn: boolean }>`
    SELECT id, withdrawn_at IS NOT NULL AS is_withdrawn FROM mayfly.requests AS r
    WHERE closed_at IS NULL AND (
      withdrawn_at IS NOT NULL
      OR refused_at IS NOT NULL
      OR EXISTS (
        SELECT FROM mayfly.request_subjects AS s
        WHERE s.request_id = r.id AND s.proof IS NULL AND NOT ${isHeld(sql.ref('s.subject_id'))}
      )
    )
    ORDER BY due_at LIMIT ${limit}`.execute(db);
  return rows.map(({ id, is_withdrawn: isWithdrawn }) => ({
    requestId: id,
    news: isWithdrawn ? 'withdrawn' : 'confirmed',
  }));
}

/** Whether a request has not ended yet. */
export async function isOpen(db: Database, requestId: string): Promise<boolean> {
  const row = await db
    .selectFrom('mayfly.requests')
    .select('id')
    .where('id', '=', requestId)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Open requests that wait for somebody to be erased. */
export async function findRequestsFor(
  trx: InTransaction,
  subjectIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT DISTINCT r.id FROM mayfly.requests AS r JOIN mayfly.request_subjects AS s ON s.request_id = r.id
    WHERE r.closed_at IS NULL AND s.proof IS NULL AND s.subject_id = ANY(${subjectIds}::uuid[])`.execute(
    trx,
  );
  return rows.map(({ id }) => id);
}
