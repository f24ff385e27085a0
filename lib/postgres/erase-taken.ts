import { sql } from 'kysely';
import type { Database } from './database.ts';
import { idColumns, PERSONAL_TABLES } from './erasure.ts';
import { findTaken } from './purge.ts';
import { inTransaction } from './transaction.ts';

/** People who go together, and rows that one statement deletes at most, so that no lock is held for long. */
const PEOPLE = 1_000;
const ROWS = 5_000;

const SUBJECTS = 'mayfly.subjects';

/**
 * Deletes everything of the people whom a purge took, in the order of the inventory, with a rescan by another route
 * before the last row of each goes. The counts are kept with the purge by the statements that delete.
 */
export async function eraseTaken(db: Database, purgeId: string, onProgress: (people: number) => void): Promise<void> {
  const elsewhere = (await idColumns(db)).filter(({ schema, table }) => `${schema}.${table}` !== SUBJECTS);
  for (;;) {
    const people = await findTaken(db, PEOPLE);
    if (people.length === 0) return;
    for (const { table, column } of PERSONAL_TABLES) {
      if (table !== SUBJECTS) await eraseFrom(db, purgeId, { table, column, people }, () => onProgress(0));
    }
    await refuseIfFound(db, elsewhere, people);
    // The subject's row is the last, because it says that there is something left to do.
    onProgress(await eraseSubjects(db, purgeId, people));
  }
}

async function eraseFrom(
  db: Database,
  purgeId: string,
  { table, column, people }: { table: string; column: string; people: readonly string[] },
  onProgress: () => void,
): Promise<void> {
  const name = sql.table(table);
  for (;;) {
    const { rows } = await sql<{ count: number }>`
      WITH gone AS (
        DELETE FROM ${name} WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM ${name} WHERE ${sql.ref(column)} = ANY(${people}::uuid[]) LIMIT ${ROWS}
        )) RETURNING 1
      ), counted AS (
        SELECT count(*)::integer AS count FROM gone
      )
      UPDATE mayfly.purges SET erased_rows = erased_rows + counted.count FROM counted
      WHERE id = ${purgeId} RETURNING counted.count`.execute(db);
    onProgress();
    if ((rows[0]?.count ?? 0) < ROWS) return;
  }
}

/** Looks in every column that the database itself says could hold an id of ours, all at once. */
async function refuseIfFound(
  db: Database,
  places: Awaited<ReturnType<typeof idColumns>>,
  people: readonly string[],
): Promise<void> {
  const looks = places.map(
    ({ schema, table, column }) => sql`
      SELECT ${`${schema}.${table}.${column}`} AS place
      WHERE EXISTS (SELECT FROM ${sql.table(`${schema}.${table}`)} WHERE ${sql.ref(column)} = ANY(people.ids))`,
  );
  const { rows } = await sql<{ place: string }>`
    SELECT found.place FROM (SELECT ${people}::uuid[] AS ids) AS people,
    LATERAL (${sql.join(looks, sql` UNION ALL `)}) AS found`.execute(db);
  if (rows.length > 0) throw new Error(`The rescan still finds: ${rows.map(({ place }) => place).join(', ')}.`);
}

async function eraseSubjects(db: Database, purgeId: string, people: readonly string[]): Promise<number> {
  return inTransaction(db, async (trx) => {
    const deleted = await trx.deleteFrom(SUBJECTS).where('id', '=', sql<string>`ANY(${people}::uuid[])`).executeTakeFirst();
    const count = Number(deleted.numDeletedRows);
    await trx
      .updateTable('mayfly.purges')
      .set((eb) => ({ people: eb('people', '+', count), erased_rows: eb('erased_rows', '+', count) }))
      .where('id', '=', purgeId)
      .execute();
    return count;
  });
}
