import type { ListedErasure, Stone } from '../../lib/erasure-list.ts';
import type { Database, InTransaction } from '../database.ts';

/** What is to be listed of an erasure whose fence is up: the guards are those that the fence put up. */
export async function erasureToList(db: Database, subjectId: string): Promise<ListedErasure> {
  const rows = await db
    .selectFrom('mayfly.tombstones as t')
    .innerJoin('mayfly.subjects as s', 's.erasing_at', 't.put_up_at')
    .select(['t.day', 't.hash', 't.erased_at'])
    .where('s.id', '=', subjectId)
    .execute();
  const stones = rows.map(({ day, hash, erased_at: erasedAt }) => ({
    day,
    hash: hash.toString('hex'),
    erasedAt: erasedAt.toISOString(),
  }));
  return { subjectId, at: new Date().toISOString(), stones };
}

/** Puts guards up again. One that stands, and is newer, stays. */
export async function putUpStones(trx: InTransaction, stones: readonly Stone[]): Promise<void> {
  for (const { day, hash, erasedAt } of stones) {
    await trx
      .insertInto('mayfly.tombstones')
      .values({ day, hash: Buffer.from(hash, 'hex'), erased_at: new Date(erasedAt) })
      .onConflict((conflict) => conflict.columns(['day', 'hash']).doNothing())
      .execute();
  }
}
