import { readSettings } from '../../lib/config.ts';
import { createLog } from '../../lib/log.ts';
import { connectDatabase } from '../../store/database.ts';
import { createDatabaseCheck } from '../../store/database-check.ts';
import { WORKER_SETTINGS } from '../../worker/worker-settings.ts';
import { runWorker, stateOfAll } from '../../worker/run-worker.ts';
import { createLink } from '../faults/link.ts';
import { createInstallation } from '../support/installation.ts';

const mayfly = await createInstallation();
const log = createLog('test', { write: () => undefined });

test('a worker says that it is ready, and what it counts, until it is stopped', async () => {
  const worker = await runWorker(readSettings(mayfly.settings, WORKER_SETTINGS), log);
  const ask = (path: string) => fetch(`http://127.0.0.1:${worker.port}${path}`);
  expect(await (await ask('/readyz')).json()).toEqual({
    status: 'RUNNING',
    checks: { database: 'ok' },
  });
  const figures = await (await ask('/metrics')).text();
  expect(figures).toContain('mayfly_sends_total');
  expect(figures).toMatch(/^mayfly_root_key_age_seconds \d/m);
  await worker.close();
  await expect(ask('/readyz')).rejects.toThrow();
});

test('a worker with a wrong password of the database is not ready, says which setting it is, and once', async () => {
  const lines: string[] = [];
  const url = new URL(mayfly.settings.DATABASE_URL);
  url.password = 'mistyped-password';
  const worker = await runWorker(
    readSettings({ ...mayfly.settings, DATABASE_URL: url.href }, WORKER_SETTINGS),
    createLog('test', { write: (line: string) => void lines.push(line) }),
  );
  const ask = () => fetch(`http://127.0.0.1:${worker.port}/readyz`);
  const answers = [await ask(), await ask(), await ask()];
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect(await answers[0]?.json()).toEqual({ status: 'RUNNING', checks: { database: 'failed' } });
  const said = lines.filter((line) => line.includes('"level":"error"'));
  expect(said.filter((line) => line.includes('DATABASE_URL'))).toHaveLength(1);
  expect(said[0]).toContain('Postgres refuses the user or the password in DATABASE_URL (28P01)');
  expect(lines.join()).not.toContain('mistyped-password');
  await worker.close();
});

test('a database that comes back makes ready again, and the log says both, once', async () => {
  const lines: string[] = [];
  const { port } = new URL(mayfly.settings.DATABASE_URL);
  const link = await createLink(Number(port));
  const url = new URL(mayfly.settings.DATABASE_URL);
  url.port = String(link.port);
  const { db, pool } = connectDatabase({
    connectionString: url.href,
    maxConnections: 1,
    onIdleError: () => undefined,
  });
  const check = createDatabaseCheck(
    pool,
    createLog('test', { write: (line: string) => void lines.push(line) }),
  );
  await check();
  link.cut();
  await expect(check()).rejects.toThrow();
  await expect(check()).rejects.toThrow();
  link.mend();
  await check();
  await check();
  const events = lines.map((line) => (JSON.parse(line) as { event: string }).event);
  expect([events[0], events.at(-1)]).toEqual(['database away', 'database back']);
  expect(events.filter((event) => event === 'database back')).toHaveLength(1);
  await db.destroy();
  await link.close();
});

test.each([
  [['RUNNING', 'RUNNING'], 'RUNNING'],
  [['RUNNING', 'FAILED'], 'FAILED'],
  [['DRAINING', 'RUNNING'], 'DRAINING'],
] as const)('workers that are %s are %s together', (states, together) => {
  expect(stateOfAll(states.map((state) => ({ getState: () => state })))).toBe(together);
});
