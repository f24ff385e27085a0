import { sql } from 'kysely';
import type { InTransaction } from '../database.ts';

/** The part of a reply that may or may not have been sent, locked; undefined when there is none. */
export async function readDoubt(trx: InTransaction, replyId: string) {
  const row = await trx
    .selectFrom('mayfly.deliveries')
    .select(['id', 'sealed_text', 'resends', 'problem'])
    .select([
      sql<Date>`coalesce(maybe_sent_at, created_at)`.as('maybe_sent_at'),
      sql<number>`extract(epoch FROM clock_timestamp() - ambiguous_at)::float8 * 1000`.as('age_ms'),
    ])
    .where('reply_id', '=', replyId)
    .where('state', '=', 'ambiguous')
    .orderBy('part')
    .forUpdate()
    .executeTakeFirst();
  return row;
}
