import { sql } from 'kysely';
import type { VendorUses } from '../../domain/erasure.ts';
import type { InTransaction } from '../database.ts';

/** A send to Meta is over after this long, however it ends. */
const LONGEST_SEND_MS = 60_000;

/**
 * Notes that text of this person is about to leave for the model's provider, in a call that takes `longestMs` at most.
 * Commit it before the call: what was not written down cannot be certified. False when they are being erased, or gone:
 * then nothing may leave any more.
 */
export async function noteModelCall(
  trx: InTransaction,
  subjectId: string,
  longestMs: number,
): Promise<boolean> {
  const noted = await trx
    .updateTable('mayfly.subjects')
    .set({
      model_asked_until: sql`greatest(model_asked_until, clock_timestamp() + ${longestMs}::float8 * interval '1 millisecond')`,
    })
    .where('id', '=', subjectId)
    .where('erasing_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return noted !== undefined;
}

/** Who else has got something of this person, and when at the latest. */
export async function vendorUses(trx: InTransaction, subjectId: string): Promise<VendorUses> {
  const { channel, asked, used } = await trx
    .selectFrom('mayfly.subjects as s')
    .select(['s.channel', 's.model_asked_until as asked'])
    .select(
      sql<Date>`greatest(
        s.last_inbound_at,
        (SELECT max(greatest(m.received_at, m.changed_at)) FROM mayfly.messages m WHERE m.subject_id = s.id),
        (SELECT max(greatest(d.tried_at, d.maybe_sent_at, d.ambiguous_at)) + ${LONGEST_SEND_MS}::float8 * interval '1 millisecond'
          FROM mayfly.deliveries d WHERE d.subject_id = s.id),
        (SELECT max(r.created_at) FROM mayfly.replies r WHERE r.subject_id = s.id AND r.origin = 'human')
      )`.as('used'),
    )
    .where('s.id', '=', subjectId)
    .executeTakeFirstOrThrow();
  return {
    lastModelCallMs: asked?.getTime() ?? null,
    lastMetaUse: { channel, lastMs: used.getTime() },
  };
}
