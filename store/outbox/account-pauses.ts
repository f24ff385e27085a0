import { sql } from 'kysely';
import type { Channel } from '../../domain/channels.ts';
import { ACCOUNT_PROBLEMS } from '../../domain/outbox.ts';
import type { AccountProblem } from '../../domain/outbox.ts';
import type { Database, InTransaction } from '../database.ts';

/** The account of this person's business cannot send: all its replies wait from now on, until the next probe is due. */
export async function pauseAccountOf(
  trx: InTransaction,
  subjectId: string,
  problem: AccountProblem,
): Promise<void> {
  await sql`
    INSERT INTO mayfly.paused_accounts AS p (channel, account, problem, probe_at)
    SELECT channel, account, ${problem}, now() + ${ACCOUNT_PROBLEMS[problem]}::float8 * interval '1 millisecond'
    FROM mayfly.subjects WHERE id = ${subjectId}
    ON CONFLICT (channel, account) DO UPDATE
    SET problem = excluded.problem,
        probe_at = greatest(p.probe_at, excluded.probe_at),
        told_at = CASE WHEN p.problem = excluded.problem THEN p.told_at END`.execute(trx);
}

export async function resumeAccountOf(trx: InTransaction, subjectId: string): Promise<void> {
  await sql`
    DELETE FROM mayfly.paused_accounts p USING mayfly.subjects s
    WHERE s.id = ${subjectId} AND p.channel = s.channel AND p.account = s.account`.execute(trx);
}

/** Whether the caller may try to send although the account is paused: one may, each time a probe is due. */
export async function claimProbe(
  trx: InTransaction,
  { channel, account }: { channel: Channel; account: string },
  problem: AccountProblem,
): Promise<boolean> {
  const result = await trx
    .updateTable('mayfly.paused_accounts')
    .set({
      probe_at: sql`now() + ${ACCOUNT_PROBLEMS[problem]}::float8 * interval '1 millisecond'`,
    })
    .where('channel', '=', channel)
    .where('account', '=', account)
    .where('probe_at', '<=', sql<Date>`now()`)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export interface Pause {
  channel: Channel;
  problem: AccountProblem;
}

/** How many accounts are paused, and those that were not reported yet; they count as reported from now on. */
export async function reviewPauses(db: Database): Promise<{ paused: number; untold: Pause[] }> {
  const untold = await db
    .updateTable('mayfly.paused_accounts')
    .set({ told_at: sql`now()` })
    .where('told_at', 'is', null)
    .returning(['channel', 'problem'])
    .execute();
  const { count } = await db
    .selectFrom('mayfly.paused_accounts')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return { paused: Number(count), untold };
}
