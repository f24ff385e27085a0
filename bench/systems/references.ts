import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { lastWords, startProgram, untilServes } from '../servers/child.ts';
import { freePort } from '../servers/temporal-server.ts';
import type { Surroundings, System } from './system.ts';

/** gRPC's status code. */
const ALREADY_EXISTS = 6;
const READY_MS = 60_000;

/** The usual Temporal way: api and worker as processes of their own, on the same kind of servers. */
export async function startUsualTemporal(around: Surroundings): Promise<System> {
  const namespace = around.temporal.namespaces.conversations;
  await ensureNamespace(around.temporal.address, namespace);
  const environment = {
    ...(await placesOf(around)),
    DATABASE_URL: around.database.connectionString,
    TEMPORAL_ADDRESS: around.temporal.address,
    TEMPORAL_NAMESPACE: namespace,
  };
  const program = (name: string, file: string) => start(around, name, file, environment);
  const [api, worker] = [
    await program('reference-api', 'reference-temporal/api.ts'),
    await program('reference-worker', 'reference-temporal/worker.ts'),
  ];
  await untilServes(
    api,
    `http://127.0.0.1:${environment.PORT}/readyz`,
    path.join(around.folder, 'reference-api.log'),
  );
  const ready = new Promise<true>((resolve) => worker.onMessage(() => resolve(true)));
  const isReady = await Promise.race([
    ready,
    worker.exited.then(() => false),
    pause(READY_MS, false, { ref: false }),
  ]);
  if (!isReady) throw new Error(lastWords(path.join(around.folder, 'reference-worker.log')));
  return {
    name: 'usual Temporal',
    webhookUrl: `http://127.0.0.1:${environment.PORT}/webhooks/whatsapp`,
    processes: () => ({
      api: api.pid,
      worker: worker.pid,
      ...around.database.processes(),
      ...around.temporal.processes(),
    }),
    database: around.database,
    temporal: around.temporal,
    stop: async () => void (await Promise.all([api.stop(), worker.stop()])),
  };
}

/** Express alone: one process, no server beside it. */
export async function startPlainExpress(
  around: Pick<Surroundings, 'folder' | 'fakes'>,
): Promise<System> {
  const environment = await placesOf(around);
  const api = await start(around, 'express', 'reference-express/main.ts', environment);
  await untilServes(
    api,
    `http://127.0.0.1:${environment.PORT}/readyz`,
    path.join(around.folder, 'express.log'),
  );
  return {
    name: 'plain Express',
    webhookUrl: `http://127.0.0.1:${environment.PORT}/webhooks/whatsapp`,
    processes: () => ({ api: api.pid }),
    database: null,
    temporal: null,
    stop: () => api.stop(),
  };
}

async function placesOf({ folder, fakes }: Pick<Surroundings, 'folder' | 'fakes'>) {
  mkdirSync(folder, { recursive: true });
  return {
    PATH: process.env['PATH'] ?? '',
    PORT: String(await freePort()),
    MODEL_URL: fakes.modelUrl,
    GRAPH_URL: fakes.graphUrl,
  };
}

function start(
  { folder }: { folder: string },
  name: string,
  file: string,
  environment: Record<string, string>,
) {
  return startProgram({
    name,
    command: process.execPath,
    args: [path.join(import.meta.dirname, '..', file)],
    environment,
    isNode: true,
    givesWay: name === 'reference-worker',
    logFile: path.join(folder, `${name}.log`),
  });
}

async function ensureNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
  } catch (error) {
    if (!isGrpcServiceError(error) || (error.code as number) !== ALREADY_EXISTS) throw error;
  } finally {
    await connection.close();
  }
}
