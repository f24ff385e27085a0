import { sql } from 'kysely';
import type { Database } from '../database.ts';
import { idColumns, PERSONAL_TABLES } from './erasure.ts';
import { findTaken } from './purge.ts';
import { inTransaction } from '../transaction.ts';

/** How many people go together, and how many rows one transaction deletes at most, so that no lock is held for long. */
const PEOPLE = 1_000;
const ROWS = 5_000;
/**
 * This many groups of people go at the same time: most of the work is the database looking for rows that point here.
 */
const LANES = 2;

const SUBJECTS = 'mayfly.subjects';

type Place = Awaited<ReturnType<typeof idColumns>>[number];

/**
 * Deletes everything of the people whom a purge took, in the order of the inventory, with a rescan by another route
 * before the last row of each goes. The counts are kept with the purge by the transactions that delete. A group that
 * cannot go holds up no other; the first failure is thrown when all have been tried.
 */
export async function eraseTaken(
  db: Database,
  purgeId: string,
  onProgress: (people: number) => void,
): Promise<void> {
  const elsewhere = (await idColumns(db)).filter(
    ({ schema, table }) => `${schema}.${table}` !== SUBJECTS,
  );
  const failures: unknown[] = [];
  let after: string | null = null;
  for (;;) {
    const taken: string[] = await findTaken(db, LANES * PEOPLE, after);
    if (taken.length === 0) break;
    const lanes = Array.from({ length: LANES }, (_, lane) =>
      taken.slice(lane * PEOPLE, (lane + 1) * PEOPLE),
    );
    const ends = await Promise.allSettled(
      lanes.map((people) => erasePeople(db, purgeId, people, elsewhere, onProgress)),
    );
    for (const end of ends) if (end.status === 'rejected') failures.push(end.reason);
    after = taken.at(-1) ?? null;
  }
  if (failures.length > 0) throw failures[0];
}

async function erasePeople(
  db: Database,
  purgeId: string,
  people: readonly string[],
  elsewhere: readonly Place[],
  onProgress: (people: number) => void,
): Promise<void> {
  if (people.length === 0) return;
  for (const { table, column } of PERSONAL_TABLES) {
    if (table === SUBJECTS) continue;
    while ((await eraseSome(db, purgeId, { table, column, people })) === ROWS) onProgress(0);
    onProgress(0);
  }
  await refuseIfFound(db, elsewhere, people);
  // The subject's row is the last, because it says that there is something left to do.
  onProgress(await eraseSome(db, purgeId, { table: SUBJECTS, column: 'id', people }));
}

/** Deletes rows of these people from one table, as many as one transaction may; returns how many. */
async function eraseSome(
  db: Database,
  purgeId: string,
  { table, column, people }: { table: string; column: string; people: readonly string[] },
): Promise<number> {
  return inTransaction(db, async (trx) => {
    const name = sql.table(table);
    const deleted = await sql`
      DELETE FROM ${name} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM ${name} WHERE ${sql.ref(column)} = ANY(${people}::uuid[]) LIMIT ${ROWS}
      ))`.execute(trx);
    const count = Number(deleted.numAffectedRows ?? 0);
    if (count === 0) return 0;
    await trx
      .updateTable('mayfly.purges')
      .set((eb) => ({
        erased_rows: eb('erased_rows', '+', count),
        people: eb('people', '+', table === SUBJECTS ? count : 0),
      }))
      .where('id', '=', purgeId)
      .execute();
    return count;
  });
}

/** Looks in every column that the database itself says could hold an id of ours, all at once. */
async function refuseIfFound(
  db: Database,
  places: readonly Place[],
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
  if (rows.length > 0)
    throw new Error(`The rescan still finds: ${rows.map(({ place }) => place).join(', ')}.`);
}
