import { Connection } from '@temporalio/client';
import pg from 'pg';
import { devServerAddress, timeSkippingServer } from './temporal-servers.ts';
import { testDatabase } from './test-postgres.ts';

async function query(connectionString: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

describe('the servers of a test run', () => {
  it('give each test file a migrated database of its own, which is gone when it is dropped', async () => {
    const [one, other] = await Promise.all([testDatabase(), testDatabase()]);
    await query(one.connectionString, 'CREATE TABLE only_here ()');
    const tables = (connectionString: string) =>
      query(
        connectionString,
        "SELECT to_regclass('only_here') AS own, to_regclass('migrations') AS migrated",
      );
    expect((await tables(one.connectionString)).rows).toEqual([
      { own: 'only_here', migrated: 'migrations' },
    ]);
    expect((await tables(other.connectionString)).rows).toEqual([
      { own: null, migrated: 'migrations' },
    ]);
    await Promise.all([one.drop(), other.drop()]);
    await expect(query(one.connectionString, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
  });

  it('have a Temporal dev server with both namespaces', async () => {
    const connection = await Connection.connect({ address: devServerAddress() });
    const { namespaces } = await connection.workflowService.listNamespaces({});
    await connection.close();
    const names = namespaces.map(({ namespaceInfo }) => namespaceInfo?.name);
    expect(names).toEqual(expect.arrayContaining(['conversations', 'privacy']));
  });

  it('skip time on request', async () => {
    const server = await timeSkippingServer();
    const before = await server.currentTimeMs();
    await server.sleep('30 days');
    expect((await server.currentTimeMs()) - before).toBeGreaterThanOrEqual(30 * 86_400_000);
    await server.teardown();
  });
});
