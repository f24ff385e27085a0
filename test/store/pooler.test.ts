import { sql } from 'kysely';
import pg from 'pg';
import { connectDatabase } from '../../store/database.ts';
import type { Database } from '../../store/database.ts';
import { migrateDatabase } from '../../store/migrate.ts';
import { testDatabase } from '../support/test-postgres.ts';
import { startTransactionPooler } from '../support/transaction-pooler.ts';

const database = await testDatabase();
const pooler = await startTransactionPooler(database.connectionString);
const open = (connectionString: string) =>
  connectDatabase({ connectionString, maxConnections: 1, onIdleError: () => undefined }).db;
const [one, two] = [open(pooler.connectionString), open(pooler.connectionString)];
const direct = open(database.connectionString);

afterAll(async () => {
  await Promise.all([one, two, direct].map((db) => db.destroy()));
  await pooler.close();
  await database.drop();
});

async function prepared(db: Database) {
  const { rows } = await sql<{ name: string; statement: string }>`
    SELECT name, statement FROM pg_prepared_statements ORDER BY statement`.execute(db);
  return rows;
}

test('two processes whose statements meet on one connection of the server each get their own answers', async () => {
  const sum = (db: Database, a: number, b: number) =>
    sql<{ of: number }>`SELECT ${a}::int + ${b}::int AS of`.execute(db);
  const product = (db: Database, a: number, b: number) =>
    sql<{ of: number }>`SELECT ${a}::int * ${b}::int AS of`.execute(db);
  for (let i = 2; i < 12; i += 1) {
    // Each is the first statement of its own connection, the third for one and the second for the other.
    const asked = [sum(one, i, 10), product(two, i, 10), product(one, i, 100), sum(two, i, 100)];
    const answers = await Promise.all(asked);
    expect(answers.map(({ rows }) => rows[0]?.of)).toEqual([i + 10, i * 10, i * 100, i + 100]);
  }
  expect(await prepared(one)).toEqual([]);
});

test('a transaction keeps its connection of the server, with its locks, while another process waits', async () => {
  const order: string[] = [];
  const held = Promise.withResolvers<void>();
  const first = one.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(${7}::int)`.execute(trx);
    held.resolve();
    await sql`SELECT ${1}::int`.execute(trx);
    order.push('first');
  });
  await held.promise;
  await sql`SELECT pg_advisory_xact_lock(${7}::int)`.execute(two);
  order.push('second');
  await first;
  expect(order).toEqual(['first', 'second']);
});

test('migrations go through a pooler, by several processes at once, and leave no lock behind', async () => {
  const empty = await testDatabase();
  const direct = new pg.Client({ connectionString: empty.connectionString });
  await direct.connect();
  await direct.query('DROP SCHEMA mayfly, keys CASCADE; DROP TABLE public.migrations');
  const inFront = await startTransactionPooler(empty.connectionString);
  await Promise.all([1, 2].map(() => migrateDatabase(inFront.connectionString)));
  await migrateDatabase(inFront.connectionString);
  const { rows } = await direct.query(
    `SELECT (SELECT count(*)::int FROM public.migrations) > 5 AS "areDone",
      (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS locks`,
  );
  expect(rows).toEqual([{ areDone: true, locks: 0 }]);
  await direct.end();
  await inFront.close();
  await empty.drop();
});

test("without a pooler a statement is prepared once, under a name that its text alone makes: what is another's can never be run by it", async () => {
  const other = open(database.connectionString);
  const ask = async (db: Database) => {
    await sql`SELECT ${'x'}::text AS a`.execute(db);
    await sql`SELECT ${'x'}::text AS a`.execute(db);
  };
  await sql`SELECT ${'x'}::text AS b`.execute(direct);
  await ask(direct);
  await ask(other);
  const [mine, theirs] = [await prepared(direct), await prepared(other)];
  expect(mine).toHaveLength(2);
  expect(theirs).toHaveLength(1);
  expect(mine).toEqual(expect.arrayContaining(theirs));
  expect(mine[0]?.name).not.toBe(mine[1]?.name);
  await other.destroy();
});
