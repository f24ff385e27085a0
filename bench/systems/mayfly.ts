import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { APP_SECRET } from '../fakes/protocol.ts';
import { lastWords, startProgram, untilServes } from '../servers/child.ts';
import type { Child } from '../servers/child.ts';
import { freePort } from '../servers/temporal-server.ts';
import type { Surroundings, System } from './system.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const MIGRATE_TRIES = 20;

export interface MayflyOptions {
  settings?: Record<string, string>;
  /** Node's own options for api and worker, such as `--cpu-prof`. */
  nodeOptions?: readonly string[];
}

export interface Mayfly extends System {
  environment: Record<string, string>;
  worker(): Child;
  /** Starts a worker in place of one that has ended. */
  startWorker(): Promise<void>;
  /** Starts the api again with these settings changed. */
  restartApi(settings: Record<string, string>): Promise<void>;
}

/** Mayfly as in production: migrations, then api and worker as processes of their own, with their real entry points. */
export async function startMayfly(
  around: Surroundings,
  options: MayflyOptions = {},
): Promise<Mayfly> {
  const environment = await environmentOf(around, options.settings ?? {});
  const start = (name: string, entry: string, settings: Record<string, string> = {}) =>
    startProgram({
      name,
      command: process.execPath,
      args: [...(name === 'migrate' ? [] : (options.nodeOptions ?? [])), path.join(ROOT, entry)],
      environment: { ...environment, ...settings },
      isNode: true,
      givesWay: name === 'worker',
      logFile: path.join(around.folder, `${name}.log`),
    });
  const startApi = async (settings?: Record<string, string>) => {
    const child = await start('api', 'api/main.ts', settings);
    await untilServes(
      child,
      `http://127.0.0.1:${environment['PORT']}/readyz`,
      path.join(around.folder, 'api.log'),
    );
    return child;
  };
  const startWorker = async () => {
    const child = await start('worker', 'worker/main.ts');
    const health = `http://127.0.0.1:${environment['WORKER_HEALTH_PORT']}/readyz`;
    await untilServes(child, health, path.join(around.folder, 'worker.log'));
    return child;
  };
  await migrate(around, () => start('migrate', 'worker/migrate.ts'));
  let [api, worker] = await Promise.all([startApi(), startWorker()]);
  return {
    name: 'mayfly',
    environment,
    webhookUrl: `http://127.0.0.1:${environment['PORT']}/webhooks/whatsapp`,
    processes: () => ({
      api: api.pid,
      worker: worker.pid,
      ...around.database.processes(),
      ...around.temporal.processes(),
    }),
    database: around.database,
    temporal: around.temporal,
    worker: () => worker,
    startWorker: async () => void (worker = await startWorker()),
    restartApi: async (settings) => {
      await api.stop();
      api = await startApi(settings);
    },
    stop: async () => void (await Promise.all([api.stop(), worker.stop()])),
  };
}

/** A server may know a namespace only some seconds after it was made, and then the first runs fail. */
async function migrate(around: Surroundings, run: () => Promise<Child>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const [code] = (await (await run()).exited) as [number | null];
    if (code === 0) return;
    const words = lastWords(path.join(around.folder, 'migrate.log'));
    if (tries === MIGRATE_TRIES) throw new Error(`the migrations failed: ${words}`);
    await pause(1_000);
  }
}

async function environmentOf(
  around: Surroundings,
  settings: Record<string, string>,
): Promise<Record<string, string>> {
  const { folder, fakes, database, temporal } = around;
  mkdirSync(folder, { recursive: true });
  return {
    PATH: process.env['PATH'] ?? '',
    PORT: String(await freePort()),
    WORKER_HEALTH_PORT: String(await freePort()),
    PUBLIC_URL: 'https://chat.example.com',
    COMPANY_NAME: 'Example Bakery',
    CONTACT_EMAIL: 'privacy@example.com',
    ASSISTANT_FILE: path.join(ROOT, 'assistant/assistant.yaml'),
    DATABASE_URL: database.connectionString,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_CONVERSATIONS_NAMESPACE: temporal.namespaces.conversations,
    TEMPORAL_PRIVACY_NAMESPACE: temporal.namespaces.privacy,
    KEY_RING_FILE: path.join(folder, 'key-ring'),
    ROOT_KEY_FILE: path.join(folder, 'root-key'),
    SIGNING_KEY_FILE: path.join(folder, 'signing-keys.json'),
    OPENAI_API_KEY: 'bench',
    OPENAI_BASE_URL: fakes.modelUrl,
    OPENAI_MODEL: 'bench',
    WHATSAPP_GRAPH_URL: fakes.graphUrl,
    INSTAGRAM_GRAPH_URL: fakes.graphUrl,
    WHATSAPP_APP_SECRETS: APP_SECRET,
    INSTAGRAM_APP_SECRETS: APP_SECRET,
    META_APP_SECRETS: APP_SECRET,
    WHATSAPP_VERIFY_TOKEN: 'bench-verify-token',
    INSTAGRAM_VERIFY_TOKEN: 'bench-verify-token',
    WHATSAPP_ACCESS_TOKEN: 'bench',
    INSTAGRAM_ACCESS_TOKEN: 'bench',
    DAILY_REPLIES: '1000000',
    DAILY_REPLIES_TO_ALL: '1000000',
    ...settings,
  };
}
