import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import express from 'express';
import { CONVERSATIONS_TASK_QUEUE } from '../domain/conversation.ts';
import { readSettings } from '../lib/config.ts';
import { listen } from '../lib/http-server.ts';
import { createLog } from '../lib/log.ts';
import { runProcess } from '../lib/process-life.ts';
import { connectionOptions } from '../lib/temporal/connection-options.ts';
import { bridgeRuntimeLog } from '../lib/temporal/runtime-log.ts';
import { workflowBundle } from './bundle.ts';
import { createWorkerDeps, WORKER_SETTINGS } from './deps.ts';

const log = createLog('worker');

await runProcess(log, async () => {
  const settings = readSettings(process.env, WORKER_SETTINGS);
  Runtime.install({ logger: bridgeRuntimeLog(log), shutdownSignals: [] });
  const connection = await NativeConnection.connect(connectionOptions(settings));
  const deps = await createWorkerDeps(settings, connection, log);
  const worker = await Worker.create({
    connection,
    namespace: settings.TEMPORAL_CONVERSATIONS_NAMESPACE,
    taskQueue: CONVERSATIONS_TASK_QUEUE,
    workflowBundle: { codePath: await workflowBundle() },
    activities: deps.activities,
    dataConverter: deps.dataConverter,
    maxConcurrentActivityTaskExecutions: 100,
    shutdownGraceTime: '8 seconds',
  });
  const running = worker.run();
  const health = express();
  health.get('/livez', (_request, response) => void response.json({ status: 'ok' }));
  health.get('/readyz', (_request, response) => {
    response
      .status(worker.getState() === 'RUNNING' ? 200 : 503)
      .json({ status: worker.getState() });
  });
  health.get('/metrics', async (_request, response) => {
    response.type(deps.metrics.registry.contentType).send(await deps.metrics.registry.metrics());
  });
  const server = await listen(health, { host: settings.HOST, port: settings.WORKER_HEALTH_PORT });
  log.info({ port: server.port, event: 'running' }, 'the worker runs');

  return async () => {
    await server.close();
    worker.shutdown();
    await running;
    await deps.close();
    await connection.close();
  };
});
