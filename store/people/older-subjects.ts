import type { InTransaction } from '../database.ts';
import type { People } from './people.ts';

/** The Instagram accounts that an id of Meta's means, on any business account of ours. */
export interface FoundSubjects {
  /** They have not written since that time. */
  older: string[];
  /** How many have written since, and are left alone. */
  newer: number;
}

export async function findOlderSubjects(
  trx: InTransaction,
  people: People,
  { userId, before }: { userId: string; before: Date },
): Promise<FoundSubjects> {
  const accounts = await trx
    .selectFrom('mayfly.subjects')
    .select('account')
    .distinct()
    .where('channel', '=', 'instagram')
    .execute();
  const found: FoundSubjects = { older: [], newer: 0 };
  for (const { account } of accounts) {
    const identifiers = [{ kind: 'instagram user id', value: userId }] as const;
    const cipher = await people.find(trx, { account, identifiers });
    if (cipher === null) continue;
    const { last_inbound_at: last } = await trx
      .selectFrom('mayfly.subjects')
      .select('last_inbound_at')
      .where('id', '=', cipher.subjectId)
      .executeTakeFirstOrThrow();
    // Meta writes whole seconds.
    if (last.getTime() < before.getTime() + 1000) found.older.push(cipher.subjectId);
    else found.newer += 1;
  }
  return found;
}
