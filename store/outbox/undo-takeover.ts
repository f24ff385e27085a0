import { sql } from 'kysely';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { InTransaction } from '../database.ts';
import { markWaiting } from '../conversation/inbox.ts';
import { lockSubject } from '../conversation/turns.ts';

/**
 * Meta's own id shows that what was taken for a human's words is this delivery of ours: its echo came before the answer to
 * our send, in other words than were sent. The takeover is undone: what it counted as answered waits again, and the
 * assistant rests no longer than it would have, unless a human has written since. Returns whether there was one.
 */
export async function undoTakeover(
  trx: InTransaction,
  cipher: SubjectCipher,
  { deliveryId, providerId }: { deliveryId: string; providerId: string },
): Promise<boolean> {
  const { subjectId } = cipher;
  const takeover = await trx
    .selectFrom('mayfly.deliveries as d')
    .innerJoin('mayfly.replies as r', 'r.id', 'd.reply_id')
    .select('r.id')
    .where('d.subject_id', '=', subjectId)
    .where('d.fingerprint', '=', cipher.fingerprint(providerId))
    .where('d.id', '<>', deliveryId)
    .where('r.origin', '=', 'human')
    .executeTakeFirst();
  if (takeover === undefined) return false;
  await lockSubject(trx, subjectId);
  await trx
    .updateTable('mayfly.messages')
    .set({ reply_id: null, session_id: null })
    .where('reply_id', '=', takeover.id)
    .execute();
  await endRestOf(trx, subjectId, takeover.id);
  await trx.deleteFrom('mayfly.deliveries').where('reply_id', '=', takeover.id).execute();
  await trx.deleteFrom('mayfly.replies').where('id', '=', takeover.id).execute();
  await markWaiting(trx, subjectId);
  return true;
}

async function endRestOf(trx: InTransaction, subjectId: string, takeoverId: string): Promise<void> {
  await sql`
    UPDATE mayfly.subjects AS s SET human_until = r.rested_until
    FROM mayfly.replies AS r
    WHERE s.id = ${subjectId} AND r.id = ${takeoverId} AND s.human_until = r.rests_until
      AND NOT EXISTS (
        SELECT FROM mayfly.replies AS other
        WHERE other.subject_id = s.id AND other.origin = 'human'
          AND other.id <> r.id AND other.created_at >= r.created_at
      )`.execute(trx);
}
