import { sql } from 'kysely';
import type { Database } from '../database.ts';

/** The model's replies to one person within the last day, and whether they were told that there will be no more. */
export async function countReplies(
  db: Database,
  subjectId: string,
): Promise<{ replies: number; isTold: boolean }> {
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
  return { replies: Number(model), isTold: Number(told) > 0 };
}

/** The model's replies to everybody within the last day. */
export async function countRepliesToAll(db: Database): Promise<number> {
  const { count } = await db
    .selectFrom('mayfly.replies')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('origin', '=', 'model')
    .where('superseded_at', 'is', null)
    .where('created_at', '>', sql<Date>`now() - interval '1 day'`)
    .executeTakeFirstOrThrow();
  return Number(count);
}
