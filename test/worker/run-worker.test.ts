import { readSettings } from '../../lib/config.ts';
import { createLog } from '../../lib/log.ts';
import { WORKER_SETTINGS } from '../../worker/deps.ts';
import { runWorker, stateOfAll } from '../../worker/run-worker.ts';
import { createInstallation } from '../support/installation.ts';

const mayfly = await createInstallation();
const log = createLog('test', { write: () => undefined });

test('a worker says that it is ready, and what it counts, until it is stopped', async () => {
  const worker = await runWorker(readSettings(mayfly.settings, WORKER_SETTINGS), log);
  const ask = (path: string) => fetch(`http://127.0.0.1:${worker.port}${path}`);
  expect(await (await ask('/readyz')).json()).toEqual({ status: 'RUNNING' });
  expect(await (await ask('/metrics')).text()).toContain('mayfly_sends_total');
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
