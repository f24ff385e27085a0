import { sql } from 'kysely';
import { createStorage } from '../support/storage.ts';

const { db } = await createStorage();

test('a connection that breaks in the middle of a transaction fails that transaction alone, and not the process', async () => {
  const broken = db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(trx);
    await sql`SELECT pg_terminate_backend(${rows[0]?.pid ?? 0}, 5000)`.execute(db);
    // Nothing is asked of it in the moment in which it breaks.
    await new Promise((resolve) => setImmediate(resolve));
    await sql`SELECT 1`.execute(trx);
  });
  await expect(broken).rejects.toThrow();
  const { rows } = await sql<{ one: number }>`SELECT 1 AS one`.execute(db);
  expect(rows).toEqual([{ one: 1 }]);
});
