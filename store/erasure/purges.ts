import { sql } from 'kysely';
import type { PurgeReport } from '../../domain/purge.ts';
import type { Database } from '../database.ts';
import { PERSONAL_TABLES } from './erasure.ts';
import { appendLedger } from '../ledger/ledger.ts';
import { HISTORY_TABLES } from './overdue.ts';
import { inTransaction } from '../transaction.ts';

/** Notes that a run began, once; returns the hour up to which the last finished run kept the buckets' turns. */
export async function beginPurge(
  db: Database,
  { purgeId, hour }: { purgeId: string; hour: number },
): Promise<number | null> {
  await db
    .insertInto('mayfly.purges')
    .values({ id: purgeId, hour })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  const last = await db
    .selectFrom('mayfly.purges')
    .select('hour')
    .where('finished_at', 'is not', null)
    .orderBy('finished_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.hour ?? null;
}

/** Counts one bucket more whose key the run has replaced. */
export async function countRewrapped(db: Database, purgeId: string): Promise<void> {
  await db
    .updateTable('mayfly.purges')
    .set((eb) => ({ buckets: eb('buckets', '+', 1) }))
    .where('id', '=', purgeId)
    .execute();
}

/**
 * Ends a run: from now on its turns count as kept. The ledger tells once what it did, and what the second query found.
 */
export async function finishPurge(
  db: Database,
  { purgeId, overdue }: { purgeId: string; overdue: number },
): Promise<PurgeReport> {
  return inTransaction(db, async (trx) => {
    const finished = await trx
      .updateTable('mayfly.purges')
      .set({ overdue, finished_at: sql`clock_timestamp()` })
      .where('id', '=', purgeId)
      .where('finished_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    const { people, rows, buckets } = await trx
      .selectFrom('mayfly.purges')
      .select(['people', 'erased_rows as rows', 'buckets'])
      .where('id', '=', purgeId)
      .executeTakeFirstOrThrow();
    if (finished === undefined) return { people, rows, buckets, overdue };
    const entry = { actorRole: 'system' } as const;
    if (people > 0) {
      const details = { cause: 'retention', stores: PERSONAL_TABLES.length, rows, people } as const;
      await appendLedger(trx, { ...entry, action: 'erased', details });
    }
    if (buckets > 0)
      await appendLedger(trx, { ...entry, action: 'key destroyed', details: { buckets } });
    await appendLedger(trx, {
      ...entry,
      action: 'rescan',
      details: { stores: HISTORY_TABLES.length, found: overdue },
    });
    return { people, rows, buckets, overdue };
  });
}
