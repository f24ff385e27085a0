import type { DeliveryStatus } from '../../domain/events.ts';
import type { SubjectCipher } from '../crypto/subject-cipher.ts';
import type { InTransaction } from './database.ts';

/** A message at Meta that is one delivery of ours, beside the one whose id stands in the delivery's own row. */
export interface OtherCopy {
  fingerprint: Buffer;
  status: DeliveryStatus | null;
}

/** Read under the lock of the delivery's row, which whoever adds a copy holds as well. */
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

export async function recordOtherCopy(
  trx: InTransaction,
  { subjectId }: SubjectCipher,
  { fingerprint, deliveryId, status }: OtherCopy & { deliveryId: string },
): Promise<void> {
  await trx
    .insertInto('mayfly.delivery_copies')
    .values({ subject_id: subjectId, fingerprint, delivery_id: deliveryId, status })
    .onConflict((conflict) =>
      conflict.columns(['subject_id', 'fingerprint']).doUpdateSet({ status }),
    )
    .execute();
}
