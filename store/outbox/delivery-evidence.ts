import { sql } from 'kysely';
import { laterStatus } from '../../domain/delivery-status.ts';
import type { DeliveryStatus } from '../../domain/events.ts';
import { accountProblemOf, receivedCopies, stateAfterEvidence } from '../../domain/outbox.ts';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import { reportedFailure } from '../../lib/meta/graph-errors.ts';
import { pauseAccountOf, resumeAccountOf } from './account-pauses.ts';
import type { InTransaction } from '../database.ts';
import { undoTakeover } from './undo-takeover.ts';
import { readOtherCopies, recordOtherCopy } from './delivery-copies.ts';
import { sendAgainLater } from './failed-afterwards.ts';

export interface DeliveryEvidence {
  /** Our delivery's id, when Meta gave its token back; it matches even before Meta answered the send. */
  token: string | null;
  providerId: string;
  status: DeliveryStatus;
  errorCode: number | null;
}

/**
 * What a piece of evidence did. `failed afterwards`: Meta reports for the first time that a message was not delivered.
 * `duplicate confirmed`: it proves for the first time that the person received one part twice. `isSettled`: what became of
 * the part was not known, and the conversation waits for it.
 */
export interface Recorded {
  as: 'recorded' | 'failed afterwards' | 'duplicate confirmed';
  isSettled: boolean;
}

/** The delivery that an id of ours names, locked until the transaction ends; undefined when it is none of ours. */
export async function lockByToken(trx: InTransaction, token: string) {
  return deliveriesToLock(trx).where('d.id', '=', token).executeTakeFirst();
}

/** Which delivery to this person was sent with this token; null when none was. */
export async function findByToken(
  trx: InTransaction,
  cipher: SubjectCipher,
  token: string,
): Promise<string | null> {
  const row = await trx
    .selectFrom('mayfly.deliveries')
    .select('id')
    .where('subject_id', '=', cipher.subjectId)
    .where('token_mark', '=', cipher.fingerprint(token))
    .executeTakeFirst();
  return row?.id ?? null;
}

export type LockedByToken = NonNullable<Awaited<ReturnType<typeof lockByToken>>>;

/**
 * Takes what a status or an echo proves about something we sent to this person; null when it was not us. Statuses may be
 * repeated, skipped or out of order. `known` is the delivery, when it is locked already.
 */
export async function recordEvidence(
  trx: InTransaction,
  cipher: SubjectCipher,
  evidence: DeliveryEvidence,
  known?: LockedByToken,
): Promise<Recorded | null> {
  const delivery = known ?? (await lockDelivery(trx, cipher, evidence));
  if (delivery === undefined) return null;
  const { id: deliveryId, fingerprint: firstId } = delivery;
  const { providerId } = evidence;
  // A status names by our token what an echo may have shown before, in other words.
  if (firstId === null) await undoTakeover(trx, cipher, { deliveryId, providerId });
  const fingerprint = cipher.fingerprint(evidence.providerId);
  const isFirst = delivery.fingerprint === null || delivery.fingerprint.equals(fingerprint);
  // A part that was sent once, and is named by its one known id, has no other copies to look at.
  const others = isFirst && delivery.resends === 0 ? [] : await readOtherCopies(trx, delivery.id);
  const copy = isFirst ? delivery : others.find((other) => other.fingerprint.equals(fingerprint));
  const rest = isFirst ? others : [delivery, ...others.filter((other) => other !== copy)];
  const statuses = rest.map(({ status }) => status);
  const before = copy?.status ?? null;
  const status = laterStatus(before, evidence.status);
  const state = stateAfterEvidence(delivery, [status, ...statuses]);

  if (isFirst) await recordFirstCopy(trx, cipher, delivery, { ...evidence, status });
  else await recordOtherCopy(trx, cipher, { ...evidence, deliveryId: delivery.id, status });
  const { errorCode } = evidence;
  const hasFailed = state === 'rejected' && delivery.state !== 'rejected';
  const failure = reportedFailure(errorCode);
  const goesAgain = hasFailed && (await sendAgainLater(trx, delivery, { ...failure, errorCode }));
  if (state !== delivery.state && !goesAgain) await settle(trx, delivery.id, state, errorCode);
  await followAccount(trx, cipher.subjectId, delivery, { state, errorCode });

  const isDuplicate =
    delivery.resends > 0 &&
    receivedCopies([before, ...statuses]) <= 1 &&
    receivedCopies([status, ...statuses]) > 1;
  return {
    as: isDuplicate ? 'duplicate confirmed' : hasFailed ? 'failed afterwards' : 'recorded',
    isSettled: delivery.state === 'ambiguous' && state !== 'ambiguous',
  };
}

type Delivery = LockedByToken;

function deliveriesToLock(trx: InTransaction) {
  return trx
    .selectFrom('mayfly.deliveries as d')
    .select(['d.id', 'd.subject_id', 'd.reply_id', 'd.state', 'd.status', 'd.fingerprint'])
    .select(['d.attempt', 'd.resends', 'd.maybe_sent_at'])
    .select([
      sql<boolean>`coalesce(d.maybe_sent_at > now() - interval '10 minutes', false)`.as(
        'is_recent',
      ),
      // A message that was tried while its account was paused tells whether the account works again.
      sql<boolean>`EXISTS (
        SELECT FROM mayfly.paused_accounts p JOIN mayfly.subjects s USING (channel, account)
        WHERE s.id = d.subject_id AND p.paused_at < d.maybe_sent_at)`.as('is_probe'),
    ])
    .where(isKept)
    .forUpdate('d');
}

/** Nothing is added to what is held of someone who is being erased. */
const isKept = sql<boolean>`NOT EXISTS (
  SELECT FROM mayfly.subjects s WHERE s.id = d.subject_id AND s.erasing_at IS NOT NULL)`;

async function lockDelivery(
  trx: InTransaction,
  cipher: SubjectCipher,
  { token, providerId }: DeliveryEvidence,
) {
  const fingerprint = cipher.fingerprint(providerId);
  const deliveries = deliveriesToLock(trx).where('d.subject_id', '=', cipher.subjectId);
  if (token !== null) {
    const byToken = await deliveries.where('d.id', '=', token).executeTakeFirst();
    if (byToken !== undefined) return byToken;
  }
  return deliveries
    .where((eb) =>
      eb.or([
        eb('d.fingerprint', '=', fingerprint),
        eb(
          'd.id',
          'in',
          eb
            .selectFrom('mayfly.delivery_copies as c')
            .select('c.delivery_id')
            .where('c.subject_id', '=', cipher.subjectId)
            .where('c.fingerprint', '=', fingerprint),
        ),
      ]),
    )
    .executeTakeFirst();
}

async function recordFirstCopy(
  trx: InTransaction,
  cipher: SubjectCipher,
  { id, status, fingerprint }: Delivery,
  next: { providerId: string; status: DeliveryStatus },
): Promise<void> {
  if (fingerprint !== null && status === next.status) return;
  await trx
    .updateTable('mayfly.deliveries')
    .set({
      status: next.status,
      ...(fingerprint === null
        ? {
            // The id that Meta gave, when its answer to our send never came.
            fingerprint: cipher.fingerprint(next.providerId),
            sealed_provider_id: cipher.seal('deliveries.sealed_provider_id', id, next.providerId),
          }
        : {}),
    })
    .where('id', '=', id)
    .execute();
}

async function settle(
  trx: InTransaction,
  deliveryId: string,
  state: Delivery['state'],
  errorCode: number | null,
): Promise<void> {
  const isRejected = state === 'rejected';
  await trx
    .updateTable('mayfly.deliveries')
    .set({
      state,
      settled_at: sql`now()`,
      problem: isRejected ? reportedFailure(errorCode).problem : null,
      error_code: isRejected ? errorCode : null,
    })
    .where('id', '=', deliveryId)
    .execute();
}

/** A late failure, too, can show that the whole account cannot send; and a message that arrived, that it can again. */
async function followAccount(
  trx: InTransaction,
  subjectId: string,
  delivery: Delivery,
  { state, errorCode }: { state: Delivery['state']; errorCode: number | null },
): Promise<void> {
  if (state === 'confirmed' && delivery.is_probe) await resumeAccountOf(trx, subjectId);
  if (state !== 'rejected' || delivery.state === 'rejected' || !delivery.is_recent) return;
  const problem = accountProblemOf(reportedFailure(errorCode).problem);
  if (problem !== null) await pauseAccountOf(trx, subjectId, problem);
}
