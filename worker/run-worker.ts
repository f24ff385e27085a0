import { NativeConnection, Worker } from '@temporalio/worker';
import express from 'express';
import { CONVERSATIONS_TASK_QUEUE } from '../domain/conversation.ts';
import { listen } from '../lib/http-server.ts';
import type { Log } from '../lib/log.ts';
import { connectionOptions } from '../lib/temporal/connection-options.ts';
import { workflowBundle } from './bundle.ts';
import { createWorkerDeps } from './deps.ts';
import type { WorkerSettings } from './deps.ts';

export interface RunningWorker {
  port: number;
  /** Lets activities under way end, or reports them as cancelled, then lets go of everything. */
  close(): Promise<void>;
  /** Rejects when the worker broke; a process should then end, and be started again. */
  broken: Promise<never>;
}

/** Puts the worker together and runs it, with its health on a port of its own. */
export async function runWorker(settings: WorkerSettings, log: Log): Promise<RunningWorker> {
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
    response.status(worker.getState() === 'RUNNING' ? 200 : 503).json({ status: worker.getState() });
  });
  health.get('/metrics', async (_request, response) => {
    const { registry } = deps.metrics;
    response.type(registry.contentType).send(await registry.metrics());
  });
  const server = await listen(health, { host: settings.HOST, port: settings.WORKER_HEALTH_PORT });

  return {
    port: server.port,
    broken: running.then(() => new Promise<never>(() => undefined)),
    close: async () => {
      await server.close();
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
      await deps.close();
      await connection.close();
    },
  };
}
