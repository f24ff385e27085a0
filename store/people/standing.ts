import { sql } from 'kysely';
import type { InTransaction } from '../database.ts';

/**
 * The assistant rests for this many milliseconds, or longer if it rests already, because a human answers (policy M1).
 * It rests from the time at which the human did so, not from when we are told; without such a time, from now.
 */
export async function pauseForHuman(
  trx: InTransaction,
  subjectId: string,
  pauseMs: number,
  since?: Date,
): Promise<void> {
  const begin = since === undefined ? sql`now()` : sql`least(now(), ${since}::timestamptz)`;
  const until = sql<Date>`greatest(human_until, ${begin} + ${pauseMs}::float8 * interval '1 millisecond')`;
  await trx
    .updateTable('mayfly.subjects')
    .set({ human_until: until })
    .where('id', '=', subjectId)
    .execute();
}

/** The conversation is the assistant's again. */
export async function endHumanPause(trx: InTransaction, subjectId: string): Promise<void> {
  await trx
    .updateTable('mayfly.subjects')
    .set({ human_until: null })
    .where('id', '=', subjectId)
    .execute();
}

/** The person wants no messages: nothing is sent from this moment on, not even what is being written (policy M1). */
export async function optOut(trx: InTransaction, subjectId: string): Promise<void> {
  await trx
    .updateTable('mayfly.subjects')
    .set({ opted_out_at: sql`coalesce(opted_out_at, now())` })
    .where('id', '=', subjectId)
    .execute();
}

/** The person wants messages again; it also ends a human's turn. */
export async function optIn(trx: InTransaction, subjectId: string): Promise<void> {
  await trx
    .updateTable('mayfly.subjects')
    .set({ opted_out_at: null, human_until: null })
    .where('id', '=', subjectId)
    .execute();
}
