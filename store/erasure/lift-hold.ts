import { sql } from 'kysely';
import type { InTransaction } from '../database.ts';

/** What became of a wish to let somebody go, the least that has come true first. */
export const LIFT_RESULTS = [
  'own proposal',
  'proposed',
  'lifted',
  'taken back',
  'no hold',
] as const;
export type LiftResult = (typeof LIFT_RESULTS)[number];

/**
 * Takes back what was only proposed, which one member of staff can do alone; a hold that counts is lifted by two,
 * because what it kept is destroyed at once and for good. Each hold on the person is decided by itself: a hold that
 * another member of staff has proposed to lift is lifted, any other is proposed. So two of staff can end any number of
 * holds, no matter who began with which. Returns all that was done.
 */
export async function liftHold(
  trx: InTransaction,
  { subjectId, by }: { subjectId: string; by: string },
): Promise<LiftResult[]> {
  const proposals = await trx
    .deleteFrom('mayfly.holds')
    .where('subject_id', '=', subjectId)
    .where('confirmed_at', 'is', null)
    .returning('id')
    .execute();
  if (proposals.length > 0) return ['taken back'];
  const holds = await trx
    .selectFrom('mayfly.holds')
    .select(['id', 'lift_proposed_by'])
    .where('subject_id', '=', subjectId)
    .where('lifted_at', 'is', null)
    .where('expires_at', '>', sql<Date>`clock_timestamp()`)
    .forUpdate()
    .execute();
  const results = new Set<LiftResult>();
  for (const { id, lift_proposed_by: proposer } of holds)
    results.add(await liftOne(trx, { id, proposer, by }));
  return results.size === 0 ? ['no hold'] : [...results];
}

async function liftOne(
  trx: InTransaction,
  { id, proposer, by }: { id: string; proposer: string | null; by: string },
): Promise<LiftResult> {
  if (proposer === by) return 'own proposal';
  const change = trx.updateTable('mayfly.holds').where('id', '=', id);
  if (proposer === null) {
    await change.set({ lift_proposed_by: by }).execute();
    return 'proposed';
  }
  await change.set({ lifted_by: by, lifted_at: sql`clock_timestamp()` }).execute();
  return 'lifted';
}
