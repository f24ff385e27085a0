import { Runtime } from '@temporalio/worker';
import { readSettings } from '../lib/config.ts';
import { createLog } from '../lib/log.ts';
import { exitBecause, runProcess } from '../lib/process-life.ts';
import { bridgeRuntimeLog } from '../lib/temporal/runtime-log.ts';
import { WORKER_SETTINGS } from './deps.ts';
import { runWorker } from './run-worker.ts';

const log = createLog('worker');

await runProcess(log, async () => {
  const settings = readSettings(process.env, WORKER_SETTINGS);
  Runtime.install({ logger: bridgeRuntimeLog(log), shutdownSignals: [] });
  const worker = await runWorker(settings, log);
  worker.broken.catch((error: unknown) => exitBecause(log, error));
  log.info({ port: worker.port, event: 'running' }, 'the worker runs');
  return () => worker.close();
});
