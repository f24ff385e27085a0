import { laterStatus } from '../../domain/delivery-status.ts';
import type { DeliveryStatus } from '../../domain/events.ts';
import { stateAfterStatus } from '../../domain/outbox.ts';
import type { SubjectCipher } from '../crypto/subject-cipher.ts';
import type { InTransaction } from './database.ts';

export interface DeliveryEvidence {
  /** Our delivery's id, when Meta gave our token back; it matches even before Meta answered the send. */
  token: string | null;
  providerId: string;
  status: DeliveryStatus;
  errorCode: number | null;
}

/**
 * Takes what a status or an echo proves about something we sent. Statuses may be repeated, skipped or out of order.
 * `cipher` is null when the webhook named no person we know: then only the token can match.
 */
export async function recordEvidence(
  trx: InTransaction,
  cipher: SubjectCipher | null,
  evidence: DeliveryEvidence,
): Promise<'recorded' | 'not ours'> {
  const delivery = await findDelivery(trx, cipher, evidence);
  if (delivery === undefined) return 'not ours';
  const status = laterStatus(delivery.status, evidence.status);
  const state = stateAfterStatus(delivery.state, status);
  await trx
    .updateTable('mayfly.deliveries')
    .set({
      status,
      state,
      ...(state === delivery.state ? {} : { settled_at: new Date() }),
      ...(cipher === null || delivery.fingerprint !== null ? {} : identify(cipher, delivery.id, evidence.providerId)),
      ...(evidence.errorCode === null ? {} : { error_code: evidence.errorCode }),
    })
    .where('id', '=', delivery.id)
    .execute();
  return 'recorded';
}

async function findDelivery(
  trx: InTransaction,
  cipher: SubjectCipher | null,
  { token, providerId }: DeliveryEvidence,
) {
  const deliveries = trx
    .selectFrom('mayfly.deliveries')
    .select(['id', 'state', 'status', 'fingerprint'])
    .forUpdate();
  if (token !== null) {
    const byToken = await deliveries.where('id', '=', token).executeTakeFirst();
    if (byToken !== undefined) return byToken;
  }
  if (cipher === null) return undefined;
  return deliveries
    .where('subject_id', '=', cipher.subjectId)
    .where('fingerprint', '=', cipher.fingerprint(providerId))
    .executeTakeFirst();
}

/** The id that Meta gave, when its answer to our send never came. */
function identify(cipher: SubjectCipher, deliveryId: string, providerId: string) {
  return {
    fingerprint: cipher.fingerprint(providerId),
    sealed_provider_id: cipher.seal('deliveries.sealed_provider_id', deliveryId, providerId),
  };
}
