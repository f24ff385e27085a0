import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Whether the model may answer this person once more today, and if not, whether they were told. */
export type Budget = 'left' | 'spent' | 'spent, and told';

/** Counts the model's replies to one person within the last day. */
export async function readBudget(
  db: Database,
  subjectId: string,
  dailyReplies: number,
): Promise<Budget> {
  const { model, told } = await db
    .selectFrom('mayfly.replies')
    .select(({ fn }) => [
      fn.count<string>('id').filterWhere('origin', '=', 'model').as('model'),
      fn.count<string>('id').filterWhere('origin', '=', 'budget notice').as('told'),
    ])
    .where('subject_id', '=', subjectId)
    .where('superseded_at', 'is', null)
    .where('created_at', '>', sql<Date>`now() - interval '1 day'`)
    .executeTakeFirstOrThrow();
  if (Number(told) > 0) return 'spent, and told';
  return Number(model) >= dailyReplies ? 'spent' : 'left';
}
