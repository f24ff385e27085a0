import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { connectDatabase } from '../../../store/database.ts';
import { insertCheckpoint } from '../../../store/ledger/ledger-checkpoints.ts';
import { appendLedger } from '../../../store/ledger/ledger.ts';
import { migrateDatabase } from '../../../store/migrate.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { testDatabase } from '../../support/test-postgres.ts';

/** A database made as docs/deployment.md says: one role owns it, another gets its rights by default privileges. */
async function deployedDatabase() {
  const { connectionString: admin, drop } = await testDatabase();
  const [name, role] = [
    `deployed_${randomUUID().replaceAll('-', '')}`,
    `app_${randomUUID().replaceAll('-', '')}`,
  ];
  const addressOf = (change: (url: URL) => void) => {
    const url = new URL(admin);
    url.pathname = `/${name}`;
    change(url);
    return url.href;
  };
  const owner = addressOf(() => undefined);
  const run = async (address: string, ...statements: string[]) => {
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  await run(admin, `CREATE ROLE ${role} LOGIN PASSWORD 'test'`, `CREATE DATABASE ${name}`);
  await run(
    owner,
    `ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO ${role}`,
    `ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${role}`,
  );
  await migrateDatabase(owner);
  return {
    app: addressOf((url) => {
      url.username = role;
      url.password = 'test';
    }),
    drop: async () => {
      await run(admin, `DROP DATABASE ${name} WITH (FORCE)`, `DROP ROLE ${role}`);
      await drop();
    },
  };
}

const database = await deployedDatabase();
const { db, pool } = connectDatabase({
  connectionString: database.app,
  maxConnections: 2,
  onIdleError: () => undefined,
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

test('the role of api and worker appends to the ledger and to its checkpoints', async () => {
  const place = await inTransaction(db, async (trx) => {
    const checkpoint = await appendLedger(trx, {
      actorRole: 'system',
      action: 'checkpoint',
      details: {},
    });
    await insertCheckpoint(trx, {
      position: checkpoint.position,
      keyId: 'key',
      statement: 'statement',
    });
    return checkpoint;
  });
  expect(place.position).toBe(1);
});

test.each(['ledger', 'ledger_checkpoints'])(
  'that role may neither change nor remove a row of %s, nor its trigger',
  async (table) => {
    for (const statement of [
      `UPDATE mayfly.${table} SET position = position`,
      `DELETE FROM mayfly.${table}`,
      `TRUNCATE mayfly.${table}`,
    ]) {
      await expect(pool.query(statement)).rejects.toThrow(`permission denied for table ${table}`);
    }
    await expect(
      pool.query(`ALTER TABLE mayfly.${table} DISABLE TRIGGER append_only`),
    ).rejects.toThrow('must be owner');
  },
);

test('that role may still change rows elsewhere', async () => {
  await expect(pool.query('DELETE FROM mayfly.addresses')).resolves.toMatchObject({ rowCount: 0 });
});
