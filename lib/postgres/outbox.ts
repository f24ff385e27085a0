import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { ModelAction } from '../../domain/model-reply.ts';
import type { SendOutcome } from '../../domain/outbox.ts';
import type { ReplyOrigin } from '../../domain/standing.ts';
import type { SubjectCipher } from '../crypto/subject-cipher.ts';
import type { Database, InTransaction } from './database.ts';

export interface PlannedReply {
  id: string;
  /** Null for a human's words outside of any session of ours. */
  sessionId: string | null;
  turn: number | null;
  origin: ReplyOrigin;
  action: ModelAction;
  /** Whether it begins with the words that say an assistant writes. */
  discloses: boolean;
  /** The texts to send, in order, each within the channel's limit. They are fixed here: no retry rolls the model again. */
  parts: readonly string[];
  answers: readonly { id: string }[];
}

/** Stores a reply with its parts, planned, and marks the messages that it answers. */
export async function planReply(
  trx: InTransaction,
  cipher: SubjectCipher,
  reply: PlannedReply,
): Promise<void> {
  const subject = cipher.subjectId;
  await trx
    .insertInto('mayfly.replies')
    .values({
      id: reply.id,
      subject_id: subject,
      session_id: reply.sessionId,
      turn: reply.turn,
      origin: reply.origin,
      action: reply.action,
      discloses: reply.discloses,
    })
    .execute();
  const deliveries = reply.parts.map((text, part) => {
    const id = randomUUID();
    const sealed = cipher.seal('deliveries.sealed_text', id, text);
    return { id, subject_id: subject, reply_id: reply.id, part, sealed_text: sealed };
  });
  await trx.insertInto('mayfly.deliveries').values(deliveries).execute();
  await trx
    .updateTable('mayfly.messages')
    .set({ reply_id: reply.id, session_id: reply.sessionId })
    .where(
      'id',
      'in',
      reply.answers.map(({ id }) => id),
    )
    .execute();
}

/** The reply that this turn of the session already has, from an earlier attempt of the activity. */
export async function findReply(
  db: Database,
  { sessionId, turn }: { sessionId: string; turn: number },
) {
  return db
    .selectFrom('mayfly.replies')
    .select('id')
    .where('session_id', '=', sessionId)
    .where('turn', '=', turn)
    .executeTakeFirst();
}

export async function lockDeliveries(trx: InTransaction, replyId: string) {
  return trx
    .selectFrom('mayfly.deliveries')
    .select(['id', 'part', 'state', 'attempt', 'sealed_text'])
    .where('reply_id', '=', replyId)
    .orderBy('part')
    .forUpdate()
    .execute();
}
export type LockedDelivery = Awaited<ReturnType<typeof lockDeliveries>>[number];

/** From here on, and until an outcome is recorded, the part may have been sent. */
export async function recordIntent(trx: InTransaction, deliveryId: string): Promise<void> {
  await trx
    .updateTable('mayfly.deliveries')
    .set({ state: 'intent', attempt: sql`attempt + 1` })
    .where('id', '=', deliveryId)
    .execute();
}

/**
 * Records what a send told us, unless Meta's own evidence, which may come first, has settled it already.
 * `not sent` makes the part planned again.
 */
export async function recordOutcome(
  trx: InTransaction,
  cipher: SubjectCipher,
  deliveryId: string,
  outcome: SendOutcome,
): Promise<void> {
  const accepted = outcome.kind === 'accepted';
  if (accepted) {
    await trx
      .updateTable('mayfly.deliveries')
      .set({
        fingerprint: cipher.fingerprint(outcome.providerId),
        sealed_provider_id: cipher.seal(
          'deliveries.sealed_provider_id',
          deliveryId,
          outcome.providerId,
        ),
      })
      .where('id', '=', deliveryId)
      .execute();
  }
  const state = outcome.kind === 'not sent' ? 'planned' : outcome.kind;
  await trx
    .updateTable('mayfly.deliveries')
    .set({
      state,
      problem: accepted ? null : outcome.reason,
      error_code: accepted ? null : outcome.code,
      settled_at: state === 'rejected' ? sql`now()` : null,
    })
    .where('id', '=', deliveryId)
    .where('state', '=', 'intent')
    .execute();
}

/** A crash between intent and outcome leaves a part of which nobody knows whether it was sent. */
export async function markAmbiguous(trx: InTransaction, deliveryId: string): Promise<void> {
  await trx
    .updateTable('mayfly.deliveries')
    .set({ state: 'ambiguous', problem: 'no answer' })
    .where('id', '=', deliveryId)
    .where('state', '=', 'intent')
    .execute();
}

/** Nothing more of this reply will be sent. */
export async function suppressPlanned(trx: InTransaction, replyId: string): Promise<void> {
  await trx
    .updateTable('mayfly.deliveries')
    .set({ state: 'suppressed', settled_at: sql`now()` })
    .where('reply_id', '=', replyId)
    .where('state', '=', 'planned')
    .execute();
}

/** A newer message overtook the reply: its messages wait again, and the next turn answers all of them. */
export async function supersede(trx: InTransaction, replyId: string): Promise<void> {
  await suppressPlanned(trx, replyId);
  await trx
    .updateTable('mayfly.replies')
    .set({ superseded_at: sql`now()` })
    .where('id', '=', replyId)
    .execute();
  await trx
    .updateTable('mayfly.messages')
    .set({ reply_id: null })
    .where('reply_id', '=', replyId)
    .execute();
}

/** What the gate must know of a reply. */
export async function readReply(trx: InTransaction, replyId: string) {
  return trx
    .selectFrom('mayfly.replies')
    .select(['origin', 'action'])
    .where('id', '=', replyId)
    .executeTakeFirstOrThrow();
}
