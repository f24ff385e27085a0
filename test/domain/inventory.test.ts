import { sql } from 'kysely';
import { TABLES } from '../../domain/inventory.ts';
import type { Category, TableRule } from '../../domain/inventory.ts';
import { SEALED_COLUMNS } from '../../lib/crypto/subject-cipher.ts';
import { connectDatabase } from '../../store/database.ts';
import { testDatabase } from '../support/test-postgres.ts';

const database = await testDatabase();
const { db } = connectDatabase({
  connectionString: database.connectionString,
  maxConnections: 2,
  onIdleError: () => undefined,
});
const rules: [string, TableRule<Record<string, unknown>>][] = Object.entries(TABLES);

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

interface Column {
  table: string;
  column: string;
  type: string;
}

async function columnsOfDatabase(): Promise<Column[]> {
  const { rows } = await sql<Column>`
    SELECT table_schema || '.' || table_name AS "table", column_name AS "column", data_type AS type
    FROM information_schema.columns
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_name <> 'migrations'`.execute(
    db,
  );
  return rows;
}

test('every table and column of the database has a rule, and every rule a table and column', async () => {
  const inDatabase = (await columnsOfDatabase())
    .map(({ table, column }) => `${table}.${column}`)
    .sort();
  const inInventory = rules.flatMap(([table, { columns }]) =>
    Object.keys(columns).map((column) => `${table}.${column}`),
  );
  expect(inInventory.sort()).toEqual(inDatabase);
});

test('what is said to be sealed, hashed or wrapped is bytes, and nothing else is', async () => {
  const secret: Category[] = [
    'identifier, encrypted hash',
    'identifier, sealed',
    'message text, sealed',
    'key, wrapped',
  ];
  for (const { table, column, type } of await columnsOfDatabase()) {
    const category = rules.find(([name]) => name === table)?.[1].columns[column];
    expect({ table, column, isBytes: type === 'bytea' }).toEqual({
      table,
      column,
      isBytes: category !== undefined && secret.includes(category),
    });
  }
});

test('every sealed column of the cipher is a sealed column of the inventory, and the other way round', () => {
  const sealed = rules.flatMap(([table, { columns }]) =>
    Object.entries(columns)
      .filter(([, category]) => category.endsWith(', sealed'))
      .map(([column]) => `${table.replace('mayfly.', '')}.${column}`),
  );
  expect(sealed.sort()).toEqual([...SEALED_COLUMNS].sort());
});

/**
 * The contact data of requests goes with the request's own key when it is answered, see dropContact; guards and limits go
 * by themselves after some days or minutes.
 */
const GO_OTHERWISE = ['mayfly.requests', 'mayfly.tombstones', 'mayfly.limits'];

test('every table that holds something sealed, hashed or wrapped is erased by a column that holds our own random id', () => {
  for (const [table, { eraser, columns }] of rules) {
    const isSecret = Object.values(columns).some((category) =>
      /, (sealed|encrypted hash|wrapped)$/.test(category),
    );
    if (!isSecret || GO_OTHERWISE.includes(table)) continue;
    expect({ table, by: eraser.by }).toEqual({ table, by: 'subject column' });
    if (eraser.by === 'subject column') expect(columns[eraser.column]).toBe('our own random id');
  }
});

test('rows are erased before the rows they point to', async () => {
  const { rows } = await sql<{ child: string; parent: string }>`
    SELECT cs.schemaname || '.' || cs.relname AS child, ps.schemaname || '.' || ps.relname AS parent
    FROM pg_constraint c
    JOIN pg_stat_user_tables cs ON cs.relid = c.conrelid
    JOIN pg_stat_user_tables ps ON ps.relid = c.confrelid
    WHERE c.contype = 'f'`.execute(db);
  const order = rules.map(([table]) => table);
  expect(rows.length).toBeGreaterThan(5);
  for (const { child, parent } of rows) {
    // Messages point to the reply that answers them, and stand before it.
    expect({ child, isBefore: order.indexOf(child) < order.indexOf(parent) }).toEqual({
      child,
      isBefore: true,
    });
  }
});
