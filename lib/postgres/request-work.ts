import { sql } from 'kysely';
import type { ErasureProof } from '../../domain/erasure.ts';
import type { Intake, RequestWork, Right } from '../../domain/privacy-request.ts';
import type { InTransaction } from './database.ts';
import { recordStep } from './requests.ts';

/** Until when the subject of such a row is held; null when they are not. */
const heldUntil = sql<Date | null>`(
  SELECT max(h.expires_at) FROM mayfly.holds h
  WHERE h.subject_id = request_subjects.subject_id AND h.confirmed_at IS NOT NULL
    AND h.lifted_at IS NULL AND h.expires_at > clock_timestamp()
)`;

/** Whether everything of such a row was erased that could be. */
const wasErased = sql<boolean>`EXISTS (
  SELECT FROM mayfly.request_steps s WHERE s.request_id = requests.id AND s.name = 'erased here'
)`;

/**
 * Where the work for a request stands, in the transaction that begins it: from here on a request with someone to erase
 * cannot be taken back. The last look also ends the phrase, so that nobody confirms what is not looked at any more.
 */
export async function beginWork(
  trx: InTransaction,
  { requestId, isLastLook }: { requestId: string; isLastLook: boolean },
): Promise<RequestWork> {
  const request = await trx
    .selectFrom('mayfly.requests')
    .select(['withdrawn_at', 'refused_at', 'channels_named', 'reason', 'sealed_contact'])
    .select(['expiring_until', wasErased.as('was_erased')])
    .where('id', '=', requestId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const rows = await trx
    .selectFrom('mayfly.request_subjects')
    .select(['subject_id', 'proof', heldUntil.as('held_until')])
    .where('request_id', '=', requestId)
    .orderBy('verified_at')
    .execute();
  const unproven = rows.filter(({ proof }) => proof === null);
  const held = unproven.flatMap((row) => (row.held_until === null ? [] : [row.held_until]));
  const isWithdrawn = request.withdrawn_at !== null;
  const isRefused =
    request.refused_at !== null || (request.channels_named === 0 && request.reason !== null);
  if (unproven.length > 0 && !isWithdrawn && !isRefused)
    await recordStep(trx, requestId, 'working');
  if (isLastLook) {
    await trx
      .updateTable('mayfly.requests')
      .set({ phrase_hash: null })
      .where('id', '=', requestId)
      .execute();
  }
  return {
    isWithdrawn,
    // Any other end drops the contact data too: a request that was stopped between that and its end is to end the same.
    isAnswered: request.sealed_contact === null && request.was_erased,
    subjectIds: unproven
      .filter((row) => row.held_until === null)
      .map(({ subject_id }) => subject_id),
    heldUntilMs: Math.max(0, ...held.map((until) => until.getTime())),
    proven: rows.length - unproven.length,
    channelsNamed: request.channels_named,
    isRefused,
    lastForeignCopyMs: request.expiring_until?.getTime() ?? 0,
  };
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
