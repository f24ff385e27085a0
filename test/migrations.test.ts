import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { sql } from 'kysely';
import { connectDatabase } from '../store/database.ts';
import { migrateDatabase } from '../store/migrate.ts';
import { dumpSchema } from './support/schema-dump.ts';
import { testDatabase } from './support/test-postgres.ts';

const DUMP = 'docs/schema.txt';

const database = await testDatabase();
const { db } = connectDatabase({
  connectionString: database.connectionString,
  maxConnections: 2,
  onIdleError: () => undefined,
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

test('the migrations make exactly the schema that is written down (UPDATE_SCHEMA=1 writes it anew)', async () => {
  const dump = await dumpSchema(db);
  if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(DUMP, dump);
  expect(existsSync(DUMP)).toBe(true);
  expect(dump).toBe(readFileSync(DUMP, 'utf8'));
});

test('whatever refers to another row is found by an index: else each erased row would cost a walk through a table', async () => {
  const { rows } = await sql<{ name: string }>`
    SELECT format('%s (%s)', c.conrelid::regclass, a.attname) AS name
    FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    JOIN pg_namespace n ON n.oid = c.connamespace
    WHERE c.contype = 'f' AND n.nspname IN ('keys', 'mayfly')
      AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])`.execute(
    db,
  );
  expect(rows).toEqual([]);
});

test('migrating again, by several processes at once, changes nothing', async () => {
  const before = await dumpSchema(db);
  await Promise.all([1, 2, 3].map(() => migrateDatabase(database.connectionString)));
  expect(await dumpSchema(db)).toBe(before);
});
