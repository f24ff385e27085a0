import { sql } from 'kysely';
import type { Channel } from '../../domain/channels.ts';
import type { ErasureProof } from '../../domain/erasure.ts';
import type { Intake, RequestWork, Right } from '../../domain/privacy-request.ts';
import { accountState, isSettled } from '../../domain/request-accounts.ts';
import type { AccountStanding, NamedAccount } from '../../domain/request-accounts.ts';
import type { InTransaction } from '../database.ts';
import { findEverybody } from '../people/named-subjects.ts';
import type { People } from '../people/people.ts';
import {
  doorOf,
  findAccounts,
  findProvenUntouched,
  markErased,
  proveAccount,
} from './request-accounts.ts';
import { readContact } from './request-contact.ts';
import { recordStep } from './requests.ts';

/** Until when the subject of such a row is held; null when they are not. */
const heldUntil = sql<Date | null>`(
  SELECT max(h.expires_at) FROM mayfly.holds h
  WHERE h.subject_id = request_subjects.subject_id AND h.confirmed_at IS NOT NULL
    AND h.lifted_at IS NULL AND h.expires_at > clock_timestamp()
)`;

/** Whether everything of such a row that could be erased was erased. */
const wasErased = sql<boolean>`EXISTS (
  SELECT FROM mayfly.request_steps s WHERE s.request_id = requests.id AND s.name = 'erased here'
)`;

interface Look {
  requestId: string;
  isLastLook: boolean;
}

/**
 * Where the work for a request stands, in the transaction that begins it: from here on a request with someone to erase
 * cannot be taken back. The look that finds every account settled, and the last one, close the door: no phrase proves
 * anything from then on, so that what is said of the request next stays true.
 */
export async function beginWork(
  trx: InTransaction,
  people: People,
  { requestId, isLastLook }: Look,
): Promise<RequestWork> {
  const request = await trx
    .selectFrom('mayfly.requests')
    .select(['withdrawn_at', 'refused_at', 'closed_at', 'door_closed_at', 'sealed_contact'])
    .select(['contact_bucket', 'expiring_until', wasErased.as('was_erased')])
    .where('id', '=', requestId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const isGivenUp = doorOf(request) === 'given up';
  if (!isGivenUp) await findTheRest(trx, people, requestId);
  const rows = await trx
    .selectFrom('mayfly.request_subjects')
    .select(['subject_id', 'proof', heldUntil.as('held_until')])
    .where('request_id', '=', requestId)
    .orderBy('verified_at')
    .execute();
  const unproven = rows.filter(({ proof }) => proof === null);
  const held = unproven.flatMap((row) => (row.held_until === null ? [] : [row.held_until]));
  if (unproven.length > 0 && !isGivenUp) await recordStep(trx, requestId, 'working');
  const accounts = await findAccounts(trx, requestId);
  const isDone = unproven.length === 0 && accounts.every(isSettled);
  const closes = request.door_closed_at === null && (isLastLook || isDone);
  if (closes) await closeDoor(trx, requestId);
  const door = closes && !isGivenUp ? 'closed' : doorOf(request);
  return {
    isWithdrawn: request.withdrawn_at !== null,
    isRefused: request.refused_at !== null,
    // Any other end drops the contact data too: a request that was stopped between that and its end is to end the same.
    isAnswered:
      request.sealed_contact === null && request.contact_bucket === null && request.was_erased,
    subjectIds: unproven
      .filter((row) => row.held_until === null)
      .map(({ subject_id }) => subject_id),
    heldUntilMs: Math.max(0, ...held.map((until) => until.getTime())),
    channelsNamed: accounts.filter(({ absentAt }) => absentAt === null).length,
    proven: accounts.filter(({ erasedAt }) => erasedAt !== null).length,
    accounts: accounts.map((one: NamedAccount): AccountStanding => ({
      channel: one.channel,
      state: accountState(one, door),
    })),
    lastForeignCopyMs: request.expiring_until?.getTime() ?? 0,
  };
}

/**
 * A person who wrote to another account of ours while the phrase came in was not seen then. They are looked for until
 * the first person of an account is fenced off: one who writes after that is a new person, and stays.
 */
async function findTheRest(trx: InTransaction, people: People, requestId: string): Promise<void> {
  const channels = await findProvenUntouched(trx, requestId);
  const contact = channels.length === 0 ? null : await readContact(trx, people, requestId);
  for (const proof of contact?.proofs ?? []) {
    if (!channels.includes(proof.channel)) continue;
    const subjectIds = await findEverybody(trx, people, proof);
    await proveAccount(trx, { requestId, channel: proof.channel, subjectIds });
  }
}

async function closeDoor(trx: InTransaction, requestId: string): Promise<void> {
  await trx
    .updateTable('mayfly.requests')
    .set({ door_closed_at: sql`now()`, sealed_phrase: null })
    .where('id', '=', requestId)
    .execute();
}

/** Keeps what an erasure did for this request, once; false when it was kept before. */
export async function saveProof(
  trx: InTransaction,
  work: { requestId: string; subjectId: string; proof: ErasureProof; lastForeignCopyMs: number },
): Promise<boolean> {
  // A phrase that adds somebody to the account takes the same lock: an account is erased only when all of them are.
  await trx
    .selectFrom('mayfly.requests')
    .select('id')
    .where('id', '=', work.requestId)
    .forUpdate()
    .execute();
  const saved = await trx
    .updateTable('mayfly.request_subjects')
    .set({ proof: JSON.stringify(work.proof) })
    .where('request_id', '=', work.requestId)
    .where('subject_id', '=', work.subjectId)
    .where('proof', 'is', null)
    .returning('subject_id')
    .executeTakeFirst();
  await markErased(trx, work.requestId);
  if (work.lastForeignCopyMs > 0) {
    await trx
      .updateTable('mayfly.requests')
      .set({
        expiring_until: sql`greatest(expiring_until, ${new Date(work.lastForeignCopyMs)}::timestamptz)`,
      })
      .where('id', '=', work.requestId)
      .execute();
  }
  return saved !== undefined;
}

/** A request as its certificate names it. */
export interface ProvenRequest {
  id: string;
  right: Right;
  intake: Intake;
  receivedAt: Date;
  dueAt: Date;
  expiringUntil: Date | null;
  /** No phrase proves anything for it any more. */
  isDoorClosed: boolean;
}

/** A request with the accounts that it names, and what its erasures did. */
export async function readProofs(
  trx: InTransaction,
  requestId: string,
): Promise<{ request: ProvenRequest; accounts: NamedAccount[]; proofs: ErasureProof[] }> {
  const row = await trx
    .selectFrom('mayfly.requests')
    .select(['id', 'right_asked', 'intake', 'received_at', 'due_at', 'expiring_until'])
    .select('door_closed_at')
    .where('id', '=', requestId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const proofs = await trx
    .selectFrom('mayfly.request_subjects')
    .select(['proof', 'channel'])
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
      isDoorClosed: row.door_closed_at !== null,
    },
    accounts: await findAccounts(trx, requestId),
    proofs: proofs.map(({ proof, channel }) => withMetaUse(proof as ErasureProof, channel)),
  };
}

/** An older proof does not tell when Meta last had something of the person: it was before the search that it tells of. */
function withMetaUse(proof: ErasureProof, channel: Channel): ErasureProof {
  const { lastMetaUse = { channel, lastMs: Date.parse(proof.rescannedAt) } } = proof;
  return { ...proof, lastMetaUse };
}
