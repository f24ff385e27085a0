import { sql } from 'kysely';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { InTransaction } from '../database.ts';
import { recordEvidence } from './delivery-evidence.ts';
import type { Recorded } from './delivery-evidence.ts';
import { lockSubject } from '../conversation/turns.ts';

/** Up to where a person has seen a conversation: a message of ours, when Meta names one, or a time. */
export interface Seen {
  providerId: string | null;
  at: Date;
}

/**
 * Marks what we sent as read, up to what the person has seen; null when that was nothing of ours. The message that Meta
 * names is proof that it was sent, as any status is; of those before it only the ones that were surely sent are marked:
 * seeing the chat proves nothing of a send whose answer was lost.
 */
export async function recordSeen(
  trx: InTransaction,
  cipher: SubjectCipher,
  { providerId, at }: Seen,
): Promise<Recorded | null> {
  await lockSubject(trx, cipher.subjectId);
  const last = providerId === null ? undefined : await findLast(trx, cipher, providerId);
  const recorded =
    providerId === null || last === undefined
      ? null
      : await recordEvidence(trx, cipher, {
          token: null,
          providerId,
          status: 'read',
          errorCode: null,
        });
  const result = await trx
    .updateTable('mayfly.deliveries')
    .set({ status: 'read', state: 'confirmed', settled_at: sql`coalesce(settled_at, now())` })
    .where('subject_id', '=', cipher.subjectId)
    .where('state', 'in', ['accepted', 'confirmed'])
    .where('status', 'is distinct from', 'read')
    .where(
      last === undefined
        ? sql<boolean>`created_at <= ${at}`
        : sql<boolean>`(created_at, part) < (SELECT created_at, part FROM mayfly.deliveries WHERE id = ${last.id})`,
    )
    .executeTakeFirst();
  if (recorded !== null) return recorded;
  return result.numUpdatedRows > 0n ? { as: 'recorded', isSettled: false } : null;
}

async function findLast(trx: InTransaction, cipher: SubjectCipher, providerId: string) {
  const fingerprint = cipher.fingerprint(providerId);
  return trx
    .selectFrom('mayfly.deliveries')
    .select('id')
    .where('subject_id', '=', cipher.subjectId)
    .where((eb) =>
      eb.or([
        eb('fingerprint', '=', fingerprint),
        eb(
          'id',
          'in',
          eb
            .selectFrom('mayfly.delivery_copies')
            .select('delivery_id')
            .where('subject_id', '=', cipher.subjectId)
            .where('fingerprint', '=', fingerprint),
        ),
      ]),
    )
    .executeTakeFirst();
}
