import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Channel } from '../../domain/channels.ts';
import { ADDRESS_KINDS } from '../../domain/events.ts';
import type { ErasureProof } from '../../domain/erasure.ts';
import { dueAt, REQUEST_ENDS } from '../../domain/privacy-request.ts';
import type { Intake, RequestEnd, RequestInput, RequestState, Right } from '../../domain/privacy-request.ts';
import type { CodeHash } from '../crypto/request-codes.ts';
import { findCertificate } from './certificates.ts';
import type { Database, InTransaction } from './database.ts';
import type { People } from './people.ts';

/** What a person told us with a request, and where its answer goes. Sealed under a key of the request's own. */
export const requestContact = z.object({
  instagram: z.string().optional(),
  whatsapp: z.string().optional(),
  description: z.string().optional(),
  replyTo: z.string().optional(),
  /** The chats that the person proved to be theirs; the answer is told there. */
  chats: z
    .array(
      z.object({
        channel: z.enum(['instagram', 'whatsapp']),
        account: z.string(),
        to: z.object({ kind: z.enum(ADDRESS_KINDS), value: z.string() }),
      }),
    )
    .default([]),
});
export type RequestContact = z.infer<typeof requestContact>;

export interface NewRequest {
  right: Right;
  intake: Intake;
  receivedAt: Date;
  codeHash: Buffer;
  /** Null when the request is verified by how it came. */
  phraseHash: Buffer | null;
  /** How many accounts it names, each of which has to be proven. */
  channelsNamed: number;
  contact: RequestContact;
}

/** Stores a request with its contact data sealed under a key made for it, and returns what its workflow is started with. */
export async function createRequest(trx: InTransaction, people: People, request: NewRequest): Promise<RequestInput> {
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
      code_hash: request.codeHash,
      phrase_hash: request.phraseHash,
      received_at: request.receivedAt,
      due_at: due,
      channels_named: request.channelsNamed,
      sealed_contact: cipher.seal('requests.sealed_contact', id, JSON.stringify(request.contact)),
    })
    .execute();
  await recordStep(trx, id, 'received');
  return {
    requestId: id,
    right: request.right,
    intake: request.intake,
    receivedAtMs: request.receivedAt.getTime(),
    dueAtMs: due.getTime(),
  };
}

/** Notes when a state was reached for the first time, and that the request stands there now. */
export async function recordStep(db: Database | InTransaction, requestId: string, state: RequestState): Promise<void> {
  await db
    .insertInto('mayfly.request_steps')
    .values({ request_id: requestId, name: state })
    .onConflict((conflict) => conflict.columns(['request_id', 'name']).doNothing())
    .execute();
  await db.updateTable('mayfly.requests').set({ state }).where('id', '=', requestId).execute();
}

/** The open request that a phrase belongs to, locked; undefined for a wrong, used up or late phrase. */
export async function findByPhrase(trx: InTransaction, phraseHash: Buffer) {
  return trx
    .selectFrom('mayfly.requests')
    .select(['id', 'sealed_contact'])
    .where('phrase_hash', '=', phraseHash)
    .where('closed_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .where('due_at', '>', sql<Date>`now()`)
    .forUpdate()
    .executeTakeFirst();
}

/** The person proved that this account is theirs. Repeating it changes nothing. */
export async function recordVerified(
  trx: InTransaction,
  verified: { requestId: string; subjectId: string; channel: Channel },
): Promise<void> {
  await trx
    .insertInto('mayfly.request_subjects')
    .values({ request_id: verified.requestId, subject_id: verified.subjectId, channel: verified.channel })
    .onConflict((conflict) => conflict.columns(['request_id', 'subject_id']).doNothing())
    .execute();
}

/** A request as its status page shows it, found by its code; undefined when there is none. */
export async function findByCode(db: Database, hash: CodeHash, code: string) {
  const request = await db
    .selectFrom('mayfly.requests')
    .select(['id', 'right_asked', 'state', 'reason', 'received_at', 'due_at', 'expiring_until', 'withdrawn_at', 'closed_at'])
    .where('code_hash', '=', hash.of('code', code))
    .executeTakeFirst();
  if (request === undefined) return undefined;
  const steps = await db
    .selectFrom('mayfly.request_steps')
    .select(['name', 'at'])
    .where('request_id', '=', request.id)
    .orderBy('at')
    .execute();
  const hasCertificate = (await findCertificate(db, request.id)) !== undefined;
  return { ...request, steps, hasCertificate };
}
export type FoundRequest = NonNullable<Awaited<ReturnType<typeof findByCode>>>;

/**
 * Takes a request back, for as long as erasing has not begun. Locked against the workflow, which begins erasing only
 * for a request that it finds not withdrawn.
 */
export async function withdrawRequest(trx: InTransaction, requestId: string): Promise<'withdrawn' | 'too late'> {
  const withdrawn = await trx
    .updateTable('mayfly.requests')
    .set({ withdrawn_at: sql`coalesce(withdrawn_at, now())` })
    .where('id', '=', requestId)
    .where('state', 'in', ['received', 'confirm it is you'])
    .returning('id')
    .executeTakeFirst();
  return withdrawn === undefined ? 'too late' : 'withdrawn';
}

/** Whom to erase for a request, in the transaction that begins the work; null when it was withdrawn before. */
export async function beginWork(trx: InTransaction, requestId: string): Promise<{ subjectIds: string[]; channelsNamed: number } | null> {
  const request = await trx
    .selectFrom('mayfly.requests')
    .select(['withdrawn_at', 'channels_named'])
    .where('id', '=', requestId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (request.withdrawn_at !== null) return null;
  const rows = await trx
    .selectFrom('mayfly.request_subjects')
    .select('subject_id')
    .where('request_id', '=', requestId)
    .where('proof', 'is', null)
    .execute();
  if (rows.length > 0) await recordStep(trx, requestId, 'working');
  return { subjectIds: rows.map(({ subject_id }) => subject_id), channelsNamed: request.channels_named };
}

/** Keeps what an erasure did for this request, once; false when it was kept before. */
export async function saveProof(
  trx: InTransaction,
  work: { requestId: string; subjectId: string; proof: ErasureProof; lastForeignCopyMs: number },
): Promise<boolean> {
  const saved = await trx
    .updateTable('mayfly.request_subjects')
    .set({ proof: JSON.stringify(work.proof) })
    .where('request_id', '=', work.requestId)
    .where('subject_id', '=', work.subjectId)
    .where('proof', 'is', null)
    .returning('subject_id')
    .executeTakeFirst();
  if (work.lastForeignCopyMs > 0) {
    await trx
      .updateTable('mayfly.requests')
      .set({ expiring_until: sql`greatest(expiring_until, ${new Date(work.lastForeignCopyMs)}::timestamptz)` })
      .where('id', '=', work.requestId)
      .execute();
  }
  return saved !== undefined;
}

/** How a request ended. */
export async function readState(trx: InTransaction, requestId: string): Promise<RequestEnd> {
  const { state } = await trx
    .selectFrom('mayfly.requests')
    .select('state')
    .where('id', '=', requestId)
    .executeTakeFirstOrThrow();
  const end = REQUEST_ENDS.find((one) => one === state);
  if (end === undefined) throw new Error('This request has not ended.');
  return end;
}

/** The Instagram accounts of a person who have not written since that time, on any business account of ours. */
export async function findOlderSubjects(
  trx: InTransaction,
  people: People,
  { userId, issuedAt }: { userId: string; issuedAt: Date },
): Promise<string[]> {
  const accounts = await trx
    .selectFrom('mayfly.subjects')
    .select('account')
    .distinct()
    .where('channel', '=', 'instagram')
    .execute();
  const found: string[] = [];
  for (const { account } of accounts) {
    const identifiers = [{ kind: 'instagram user id', value: userId }] as const;
    const cipher = await people.find(trx, { channel: 'instagram', account, identifiers });
    if (cipher === null) continue;
    const { last_inbound_at: last } = await trx
      .selectFrom('mayfly.subjects')
      .select('last_inbound_at')
      .where('id', '=', cipher.subjectId)
      .executeTakeFirstOrThrow();
    // Meta writes whole seconds.
    if (last.getTime() < issuedAt.getTime() + 1000) found.push(cipher.subjectId);
  }
  return found;
}

/** A request as its certificate names it. */
export interface ProvenRequest {
  id: string;
  right: Right;
  intake: Intake;
  receivedAt: Date;
  dueAt: Date;
  expiringUntil: Date | null;
}

/** A request with what its erasures did. */
export async function readProofs(
  trx: InTransaction,
  requestId: string,
): Promise<{ request: ProvenRequest; proofs: ErasureProof[] }> {
  const row = await trx
    .selectFrom('mayfly.requests')
    .select(['id', 'right_asked', 'intake', 'received_at', 'due_at', 'expiring_until'])
    .where('id', '=', requestId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const proofs = await trx
    .selectFrom('mayfly.request_subjects')
    .select('proof')
    .where('request_id', '=', requestId)
    .where('proof', 'is not', null)
    .orderBy('verified_at')
    .execute();
  return {
    request: {
      id: row.id,
      right: row.right_asked,
      intake: row.intake,
      receivedAt: row.received_at,
      dueAt: row.due_at,
      expiringUntil: row.expiring_until,
    },
    proofs: proofs.map(({ proof }) => proof as ErasureProof),
  };
}

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
