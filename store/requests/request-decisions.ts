import { sql } from 'kysely';
import type { RequestDecision } from '../../domain/staff.ts';
import type { InTransaction } from '../database.ts';

/** One member of staff's word on a request. */
export interface DecisionWish {
  requestId: string;
  decision: RequestDecision;
  reason: string;
  /** What the two have to agree on besides; kept until they have. */
  terms: unknown;
  /** A pseudonym. */
  by: string;
}

export type DecisionResult = 'proposed' | 'own proposal' | 'confirmed';

/**
 * One member of staff proposes, another one confirms with the same words; other words are a new proposal in place of the
 * first. Hold the request's row while calling it.
 */
export async function decide(trx: InTransaction, wish: DecisionWish): Promise<DecisionResult> {
  const { requestId, decision, reason, by } = wish;
  const terms = JSON.stringify(wish.terms);
  const row = await trx
    .selectFrom('mayfly.request_decisions')
    .select(['reason', 'proposed_by', sql<boolean>`terms = ${terms}::jsonb`.as('has_these_terms')])
    .where('request_id', '=', requestId)
    .where('decision', '=', decision)
    .executeTakeFirst();
  if (row === undefined || row.reason !== reason || !row.has_these_terms) {
    const proposal = { reason, terms, proposed_by: by };
    await trx
      .insertInto('mayfly.request_decisions')
      .values({ request_id: requestId, decision, ...proposal })
      .onConflict((conflict) =>
        conflict.columns(['request_id', 'decision']).doUpdateSet({
          ...proposal,
          proposed_at: sql`now()`,
          confirmed_by: null,
          confirmed_at: null,
        }),
      )
      .execute();
    return 'proposed';
  }
  if (row.proposed_by === by) return 'own proposal';
  await trx
    .updateTable('mayfly.request_decisions')
    .set({ confirmed_by: by, confirmed_at: sql`now()`, terms: null })
    .where('request_id', '=', requestId)
    .where('decision', '=', decision)
    .execute();
  return 'confirmed';
}

/** Whether two members of staff have decided it before, for the same reason. */
export async function isDecided(
  trx: InTransaction,
  { requestId, decision, reason }: Pick<DecisionWish, 'requestId' | 'decision' | 'reason'>,
): Promise<boolean> {
  const row = await trx
    .selectFrom('mayfly.request_decisions')
    .select('reason')
    .where('request_id', '=', requestId)
    .where('decision', '=', decision)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst();
  return row?.reason === reason;
}
