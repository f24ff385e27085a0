import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { InTransaction } from '../database.ts';
import { lockSubject } from '../conversation/turns.ts';

/**
 * WhatsApp tells which identity stands behind a number: another one than before may be another person's, to whom the
 * number was given. Nothing from before is said to them: what waits is never answered, no part that is planned goes
 * out, and the model begins with nothing. `older` is a message of the identity from before, told late: it must not be
 * taken for one of the person who has the number now.
 */
export async function noteIdentity(
  trx: InTransaction,
  cipher: SubjectCipher,
  { identity, at }: { identity: string; at: Date },
): Promise<'same' | 'changed' | 'older'> {
  const { subjectId } = cipher;
  await lockSubject(trx, subjectId);
  const fingerprint = cipher.fingerprint(`identity ${identity}`);
  const { identity_fingerprint: known, last_inbound_at: last } = await trx
    .selectFrom('mayfly.subjects')
    .select(['identity_fingerprint', 'last_inbound_at'])
    .where('id', '=', subjectId)
    .executeTakeFirstOrThrow();
  if (known?.equals(fingerprint)) return 'same';
  if (known !== null && at < last) return 'older';
  await trx
    .updateTable('mayfly.subjects')
    .set({
      identity_fingerprint: fingerprint,
      ...(known === null ? {} : { identity_since: sql<Date>`now()`, human_until: null }),
    })
    .where('id', '=', subjectId)
    .execute();
  if (known === null) return 'same';
  await leaveUnanswered(trx, subjectId);
  return 'changed';
}

/** Ends what the person before has waiting, as if nobody were there to be answered. */
async function leaveUnanswered(trx: InTransaction, subjectId: string): Promise<void> {
  await trx
    .updateTable('mayfly.deliveries')
    .set({ state: 'suppressed', settled_at: sql`now()` })
    .where('subject_id', '=', subjectId)
    .where('state', '=', 'planned')
    .execute();
  const reply = { id: randomUUID(), subject_id: subjectId, session_id: null, turn: null };
  const before = sql<Date>`now() - interval '1 microsecond'`;
  await trx
    .insertInto('mayfly.replies')
    .values({ ...reply, origin: 'notice', action: 'end', created_at: before })
    .execute();
  await trx
    .updateTable('mayfly.messages')
    .set({ reply_id: reply.id })
    .where('subject_id', '=', subjectId)
    .where('reply_id', 'is', null)
    .execute();
}

/** Of a reply: whether it was for the person who has the number now. */
export const isOfThisIdentity = sql<boolean>`mayfly.replies.created_at >= coalesce(
  (SELECT identity_since FROM mayfly.subjects s WHERE s.id = mayfly.replies.subject_id), '-infinity')`;
