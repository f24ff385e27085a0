import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connectDatabase } from '../lib/postgres/database.ts';
import { migrateDatabase } from '../lib/postgres/migrate.ts';
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

test('migrating again, by several processes at once, changes nothing', async () => {
  const before = await dumpSchema(db);
  await Promise.all([1, 2, 3].map(() => migrateDatabase(database.connectionString)));
  expect(await dumpSchema(db)).toBe(before);
});
