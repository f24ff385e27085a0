import type { PhraseFate } from '../../domain/request-messages.ts';
import type { Database, InTransaction } from '../database.ts';

/** What somebody is to be told of the phrase that they have sent. The phrase itself is not kept. */
export async function notePhraseFate(
  trx: InTransaction,
  subjectId: string,
  fate: PhraseFate,
): Promise<void> {
  await trx
    .updateTable('mayfly.subjects')
    .set({ phrase_fate: fate })
    .where('id', '=', subjectId)
    .execute();
}

export async function readPhraseFate(db: Database, subjectId: string): Promise<PhraseFate> {
  const row = await db
    .selectFrom('mayfly.subjects')
    .select('phrase_fate')
    .where('id', '=', subjectId)
    .executeTakeFirst();
  return row?.phrase_fate ?? 'received';
}
