import type { DeliveryStatus } from '../../domain/events.ts';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { InTransaction } from '../database.ts';

/** A message at Meta that is one delivery of ours, beside the one whose id stands in the delivery's own row. */
export interface OtherCopy {
  fingerprint: Buffer;
  status: DeliveryStatus | null;
}

/** Read under the lock of the delivery's row, which is also held to add a copy. */
export async function readOtherCopies(
  trx: InTransaction,
  deliveryId: string,
): Promise<OtherCopy[]> {
  return trx
    .selectFrom('mayfly.delivery_copies')
    .select(['fingerprint', 'status'])
    .where('delivery_id', '=', deliveryId)
    .execute();
}

/** Keeps what is known of another copy; without a status it changes nothing that is known already. */
export async function recordOtherCopy(
  trx: InTransaction,
  cipher: SubjectCipher,
  copy: { providerId: string; deliveryId: string; status?: DeliveryStatus },
): Promise<void> {
  const { providerId, deliveryId, status } = copy;
  await trx
    .insertInto('mayfly.delivery_copies')
    .values({
      subject_id: cipher.subjectId,
      fingerprint: cipher.fingerprint(providerId),
      sealed_provider_id: cipher.seal('delivery_copies.sealed_provider_id', deliveryId, providerId),
      delivery_id: deliveryId,
      ...(status === undefined ? {} : { status }),
    })
    .onConflict((conflict) => {
      const known = conflict.columns(['subject_id', 'fingerprint']);
      return status === undefined ? known.doNothing() : known.doUpdateSet({ status });
    })
    .execute();
}
