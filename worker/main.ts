import { Runtime } from '@temporalio/worker';
import { tellClearTextLinks } from '../lib/clear-text-links.ts';
import { readSettings } from '../lib/config.ts';
import { createLog } from '../lib/log.ts';
import { exitBecause, runProcess } from '../lib/process-life.ts';
import { bridgeRuntimeLog } from '../lib/temporal/runtime-log.ts';
import { WORKER_SETTINGS } from './worker-settings.ts';
import { runWorker } from './run-worker.ts';

const log = createLog('worker');

await runProcess(log, async () => {
  const settings = readSettings(process.env, WORKER_SETTINGS);
  tellClearTextLinks(settings, log);
  Runtime.install({
    logger: bridgeRuntimeLog(log),
    // The native part's own lines take the same way, instead of standard error.
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
    shutdownSignals: [],
  });
  const worker = await runWorker(settings, log);
  worker.broken.catch((error: unknown) => exitBecause(log, error));
  log.info({ port: worker.port, event: 'running' }, 'the worker runs');
  return () => worker.close();
});
