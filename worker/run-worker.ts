import { NativeConnection, Worker } from '@temporalio/worker';
import type { WorkerInterceptors } from '@temporalio/worker';
import express from 'express';
import type { Express } from 'express';
import type { Registry } from 'prom-client';
import { CONVERSATIONS_TASK_QUEUE } from '../domain/conversation.ts';
import { PRIVACY_TASK_QUEUE } from '../domain/erasure.ts';
import { listen } from '../lib/http-server.ts';
import type { Log } from '../lib/log.ts';
import { explained } from '../lib/outside-error.ts';
import { createDatabaseCheck } from '../store/database-check.ts';
import { connectionOptions } from '../lib/temporal/connection-options.ts';
import { connectTrouble, namespaceTrouble } from '../lib/temporal/temporal-trouble.ts';
import { beat } from './beat.ts';
import { workflowBundle } from './bundle.ts';
import { createWorkerDeps } from './deps.ts';
import type { WorkerSettings } from './worker-settings.ts';

export interface RunningWorker {
  port: number;
  /** Lets activities under way end, or reports them as cancelled, then lets go of everything. */
  close(): Promise<void>;
  /** Rejects when the worker broke; a process should then end, and be started again. */
  broken: Promise<never>;
}

/** Puts the worker together and runs it in both namespaces, with its health on a port of its own. */
export async function runWorker(settings: WorkerSettings, log: Log): Promise<RunningWorker> {
  const options = connectionOptions(settings);
  const connection = await explained(connectTrouble, () => NativeConnection.connect(options));
  const deps = await createWorkerDeps(settings, connection, log).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });
  const workers = await explained(namespaceTrouble, () =>
    createWorkers(settings, connection, deps),
  );
  const running = Promise.all(workers.map((worker) => worker.run()));
  const health = healthApp({
    state: () => stateOfAll(workers),
    database: createDatabaseCheck(deps.pool, log),
    registry: deps.metrics.registry,
  });
  const server = await listen(health, {
    host: settings.HOST,
    port: settings.WORKER_HEALTH_PORT,
    setting: 'WORKER_HEALTH_PORT',
  });

  return {
    port: server.port,
    broken: running.then(() => new Promise<never>(() => undefined)),
    close: async () => {
      await server.close();
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
      await deps.close();
      await connection.close();
    },
  };
}

/**
 * This many conversations are kept in memory between their turns, at about 140 KB each; any other is built again from
 * its history when someone writes. Thousands that lie idle then cost what these few cost: see docs/performance.md.
 */
const LIVE_CONVERSATIONS = 350;

/**
 * How long a conversation's next step is held back for the worker that knows it. When that worker was killed the step
 * is not fetched, and the person waits this long.
 */
const STICKY_TIMEOUT = '1500 milliseconds';

/** As many open requests for work as there is work: few on an idle machine, more when messages wait. */
const POLLERS = { type: 'autoscaling', minimum: 1, initial: 4, maximum: 32 } as const;

/**
 * An activity's beats are passed on to Temporal this far apart: one that is late by as much again is not missed yet.
 */
const LONGEST_SILENCE = '1 second';

const INTERCEPTORS: WorkerInterceptors = { activity: [beat] };

type WorkerDeps = Awaited<ReturnType<typeof createWorkerDeps>>;

/** One worker a namespace: a flood of chat takes nothing away from a deletion but the machine's time. */
async function createWorkers(
  settings: WorkerSettings,
  connection: NativeConnection,
  { activities, privacyActivities, dataConverter }: WorkerDeps,
): Promise<Worker[]> {
  const shared = {
    connection,
    workflowTaskPollerBehavior: POLLERS,
    activityTaskPollerBehavior: POLLERS,
    workflowBundle: { codePath: await workflowBundle() },
    dataConverter,
    interceptors: INTERCEPTORS,
    maxHeartbeatThrottleInterval: LONGEST_SILENCE,
    shutdownGraceTime: '8 seconds',
  } as const;
  return Promise.all([
    Worker.create({
      ...shared,
      namespace: settings.TEMPORAL_CONVERSATIONS_NAMESPACE,
      taskQueue: CONVERSATIONS_TASK_QUEUE,
      activities,
      maxConcurrentActivityTaskExecutions: 100,
      maxCachedWorkflows: LIVE_CONVERSATIONS,
      stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    }),
    Worker.create({
      ...shared,
      namespace: settings.TEMPORAL_PRIVACY_NAMESPACE,
      taskQueue: PRIVACY_TASK_QUEUE,
      activities: privacyActivities,
      maxConcurrentActivityTaskExecutions: 20,
      // A request mostly waits, for hours or days; the memory is the conversations'.
      maxCachedWorkflows: 500,
    }),
  ]);
}

/** RUNNING when all of them are, else the state of the first that is not. */
export function stateOfAll(workers: readonly Pick<Worker, 'getState'>[]): string {
  return (
    workers.map((worker) => worker.getState()).find((state) => state !== 'RUNNING') ?? 'RUNNING'
  );
}

interface Health {
  state: () => string;
  database: () => Promise<void>;
  registry: Registry;
}

/** A worker is ready when it takes work and can do it: without the database every activity of ours fails. */
function healthApp({ state, database, registry }: Health): Express {
  const health = express();
  health.get('/livez', (_request, response) => void response.json({ status: 'ok' }));
  health.get('/readyz', async (_request, response) => {
    const isStored = await database().then(
      () => true,
      () => false,
    );
    const isReady = state() === 'RUNNING' && isStored;
    response
      .status(isReady ? 200 : 503)
      .json({ status: state(), checks: { database: isStored ? 'ok' : 'failed' } });
  });
  health.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  return health;
}
