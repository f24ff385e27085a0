import { sql } from 'kysely';
import type { SendOutcome } from '../../domain/outbox.ts';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { InTransaction } from '../database.ts';
import { recordOtherCopy } from './delivery-copies.ts';

/** The parts of a reply in their order, locked until the transaction ends. */
export async function lockDeliveries(trx: InTransaction, replyId: string) {
  return trx
    .selectFrom('mayfly.deliveries')
    .select(['id', 'part', 'state', 'attempt', 'resends', 'problem', 'sealed_text'])
    .select('maybe_sent_at')
    .where('reply_id', '=', replyId)
    .orderBy('part')
    .forUpdate()
    .execute();
}
export type LockedDelivery = Awaited<ReturnType<typeof lockDeliveries>>[number];

/** From here on, and until an outcome is recorded, the part may have been sent, with a token that the mark finds again. */
export async function recordIntent(
  trx: InTransaction,
  deliveryId: string,
  tokenMark: Buffer,
): Promise<void> {
  await trx
    .updateTable('mayfly.deliveries')
    .set({
      state: 'intent',
      attempt: sql`attempt + 1`,
      maybe_sent_at: sql`coalesce(maybe_sent_at, now())`,
      tried_at: sql`now()`,
      token_mark: tokenMark,
    })
    .where('id', '=', deliveryId)
    .execute();
}

/**
 * Records what one attempt told us. Meta's own evidence may have come first, and then counts for more: returns whether the
 * outcome counted.
 */
export async function recordOutcome(
  trx: InTransaction,
  cipher: SubjectCipher,
  attempt: { deliveryId: string; attempt: number },
  outcome: SendOutcome,
): Promise<boolean> {
  if (outcome.kind !== 'accepted') return recordTrouble(trx, attempt, outcome);
  return recordAcceptance(trx, cipher, attempt, outcome.providerId);
}

/**
 * An answer with an id counts whatever was thought meanwhile: it may come after this attempt was given up. Only Meta's
 * earlier word that this message was not delivered outweighs it: then it is over, or planned once more.
 */
async function recordAcceptance(
  trx: InTransaction,
  cipher: SubjectCipher,
  { deliveryId }: { deliveryId: string },
  providerId: string,
): Promise<boolean> {
  const fingerprint = cipher.fingerprint(providerId);
  const sealed = cipher.seal('deliveries.sealed_provider_id', deliveryId, providerId);
  const isOver = sql<boolean>`(
    (state = 'rejected' AND coalesce(fingerprint = ${fingerprint}, true))
    OR (state = 'planned' AND status = 'failed' AND fingerprint = ${fingerprint}))`;
  const row = await trx
    .updateTable('mayfly.deliveries')
    .set({
      state: sql`CASE WHEN state = 'confirmed' OR ${isOver} THEN state ELSE 'accepted' END`,
      problem: sql`CASE WHEN ${isOver} THEN problem END`,
      error_code: sql`CASE WHEN ${isOver} THEN error_code END`,
      fingerprint: sql`coalesce(fingerprint, ${fingerprint})`,
      sealed_provider_id: sql`coalesce(sealed_provider_id, ${sealed})`,
    })
    .where('id', '=', deliveryId)
    .returning(['fingerprint', 'state'])
    .executeTakeFirst();
  const counts = row !== undefined && row.state !== 'rejected' && row.state !== 'planned';
  if (row === undefined || row.fingerprint?.equals(fingerprint)) return counts;
  // Another message at Meta was found to be this part while this one was on its way.
  await recordOtherCopy(trx, cipher, { providerId, deliveryId });
  return counts;
}

/** Any other outcome says something of this one attempt, so it counts only while that is the last word. */
async function recordTrouble(
  trx: InTransaction,
  { deliveryId, attempt }: { deliveryId: string; attempt: number },
  outcome: Exclude<SendOutcome, { kind: 'accepted' }>,
): Promise<boolean> {
  const { kind, reason, code } = outcome;
  // What was not sent this time may still have been sent the time before.
  const notSent = kind === 'not sent';
  const result = await trx
    .updateTable('mayfly.deliveries')
    .set({
      state: notSent ? 'planned' : kind,
      problem: reason,
      error_code: code,
      ...(notSent ? { maybe_sent_at: sql`CASE WHEN resends > 0 THEN maybe_sent_at END` } : {}),
      ambiguous_at: kind === 'ambiguous' ? sql`now()` : null,
      settled_at: kind === 'rejected' ? sql`now()` : null,
    })
    .where('id', '=', deliveryId)
    .where('attempt', '=', attempt)
    .where('state', 'in', ['intent', 'ambiguous'])
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** A crash between intent and outcome leaves a part that may or may not have been sent. */
export async function markInterrupted(trx: InTransaction, deliveryId: string): Promise<void> {
  await trx
    .updateTable('mayfly.deliveries')
    .set({ state: 'ambiguous', problem: 'interrupted', ambiguous_at: sql`now()` })
    .where('id', '=', deliveryId)
    .where('state', '=', 'intent')
    .execute();
}

/** No trace of an ambiguous part was found: it may be sent once more, if the gate still lets it pass. */
export async function planAgain(trx: InTransaction, deliveryId: string): Promise<void> {
  await trx
    .updateTable('mayfly.deliveries')
    .set({ state: 'planned', resends: sql`resends + 1`, ambiguous_at: null })
    .where('id', '=', deliveryId)
    .where('state', '=', 'ambiguous')
    .execute();
}

/** What became of an ambiguous part cannot be found out, and it is not sent again: a human has to look. */
export async function leaveToHuman(trx: InTransaction, deliveryId: string): Promise<void> {
  await trx
    .updateTable('mayfly.deliveries')
    .set({ state: 'needs human', settled_at: sql`now()` })
    .where('id', '=', deliveryId)
    .where('state', '=', 'ambiguous')
    .execute();
}
