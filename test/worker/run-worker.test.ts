import { readSettings } from '../../lib/config.ts';
import { createLog } from '../../lib/log.ts';
import { WORKER_SETTINGS } from '../../worker/worker-settings.ts';
import { runWorker, stateOfAll } from '../../worker/run-worker.ts';
import { createInstallation } from '../support/installation.ts';

const mayfly = await createInstallation();
const log = createLog('test', { write: () => undefined });

test('a worker says that it is ready, and what it counts, until it is stopped', async () => {
  const worker = await runWorker(readSettings(mayfly.settings, WORKER_SETTINGS), log);
  const ask = (path: string) => fetch(`http://127.0.0.1:${worker.port}${path}`);
  expect(await (await ask('/readyz')).json()).toEqual({ status: 'RUNNING' });
  const figures = await (await ask('/metrics')).text();
  expect(figures).toContain('mayfly_sends_total');
  expect(figures).toMatch(/^mayfly_root_key_age_seconds \d/m);
  await worker.close();
  await expect(ask('/readyz')).rejects.toThrow();
});

test.each([
  [['RUNNING', 'RUNNING'], 'RUNNING'],
  [['RUNNING', 'FAILED'], 'FAILED'],
  [['DRAINING', 'RUNNING'], 'DRAINING'],
] as const)('workers that are %s are %s together', (states, together) => {
  expect(stateOfAll(states.map((state) => ({ getState: () => state })))).toBe(together);
});
