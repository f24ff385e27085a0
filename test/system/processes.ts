import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Channel } from '../../domain/channels.ts';
import { connectDatabase, type Database } from '../../store/database.ts';
import { localEnvironment } from '../../local/local-environment.ts';
import { planLocal } from '../../local/local-plan.ts';
import { loadLocalSecrets } from '../../local/local-secrets.ts';
import { startFakeModel, type FakeModel } from '../fakes/llm/fake-model.ts';
import { startFakeMeta, type FakeMeta } from '../fakes/meta/fake-meta.ts';
import { createMetaWebhooks, postWebhook } from '../fakes/meta/webhooks.ts';
import type { MetaWebhooks, SignedWebhook } from '../fakes/meta/webhooks.ts';
import { controlledProcess, type ControlledProcess } from './controlled-process.ts';
import { freePorts } from './free-ports.ts';
import { startServers, type ServerOptions, type Servers } from './servers.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
/** As the tests' Mayfly calls itself. */
export const COMPANY_NAME = 'Example Bakery';
const SECRETS = { whatsapp: 'whatsapp-app-secret', instagram: 'instagram-app-secret' };

/** What a process of a Mayfly reaches the others by. */
export interface Addresses {
  database: string;
  temporal: string;
  meta: string;
  model: string;
}

/** One Mayfly of real processes: api and worker, with fakes of Meta and the model in the test's own process. */
export interface Mayfly {
  api: ControlledProcess;
  worker: ControlledProcess;
  meta: FakeMeta;
  model: FakeModel;
  webhooks: MetaWebhooks;
  /** The test's own connections; not through what the test may have put in between. */
  db: Database;
  settings: Record<string, string>;
  post(channel: Channel, webhook: SignedWebhook): Promise<Response>;
  close(): Promise<void>;
}

export interface MayflyOptions {
  servers: Servers;
  /** Names its database, its Temporal namespace, its keys and its logs. */
  name: string;
  environment?: Record<string, string>;
  /** Puts something between the processes and what they reach: returns what each of the two is told. */
  between?: (addresses: Addresses) => Promise<Record<'api' | 'worker', Addresses>>;
}

/** The Temporal namespaces that a Mayfly of this name uses. */
export function namespacesOf(name: string): { conversations: string; privacy: string } {
  return { conversations: `${name}-conversations`, privacy: `${name}-privacy` };
}

/** As npm start runs them: their mails go into a folder. */
const PROGRAMS = { api: 'local/api.ts', worker: 'worker/main.ts' } as const;

/** Servers and one Mayfly on them. `close` ends everything. */
export async function startProcesses(
  options: Omit<MayflyOptions, 'servers' | 'name'> & Pick<ServerOptions, 'folder'> = {},
): Promise<Mayfly & { servers: Servers }> {
  const name = 'mayfly';
  const { folder } = options;
  const namespaces = Object.values(namespacesOf(name));
  const servers = await startServers({ namespaces, ...(folder === undefined ? {} : { folder }) });
  try {
    const mayfly = await startMayfly({ ...options, servers, name });
    const close = async () => {
      await mayfly.close();
      await servers.close();
    };
    return { ...mayfly, servers, close };
  } catch (error) {
    await servers.close();
    throw error;
  }
}

/** Migrates and starts one Mayfly on servers that may hold others too. */
export async function startMayfly(options: MayflyOptions): Promise<Mayfly> {
  const { servers, name } = options;
  await servers.ensureDatabase(name);
  const [model, meta] = await Promise.all([startFakeModel(), startFakeMeta()]);
  const [apiPort = 0, healthPort = 0] = await freePorts(2);
  const folder = path.join(servers.folder, name);
  mkdirSync(path.join(folder, 'keys'), { recursive: true, mode: 0o700 });
  const settings = await settingsOf(options, folder, { apiPort, healthPort });
  const direct: Addresses = {
    database: servers.connectionString(name),
    temporal: servers.temporalAddress,
    meta: meta.url,
    model: model.url,
  };
  const told = (await options.between?.(direct)) ?? { api: direct, worker: direct };
  const program = (process: 'api' | 'worker', port: number): ControlledProcess =>
    controlledProcess({
      name: process,
      command: globalThis.process.execPath,
      args: [path.join(CHECKOUT, PROGRAMS[process])],
      cwd: CHECKOUT,
      environment: () => ({ ...settings, ...asSettings(told[process]) }),
      logFile: path.join(servers.folder, 'logs', `${name}-${process}.log`),
      readyUrls: [`http://127.0.0.1:${port}/readyz`],
      isNode: true,
    });
  const [api, worker] = [program('api', apiPort), program('worker', healthPort)];
  const { db } = connectDatabase({
    connectionString: servers.connectionString(name),
    maxConnections: 3,
    onIdleError: () => undefined,
  });
  const close = async () => {
    await Promise.all([api.kill(), worker.kill()]);
    await Promise.all([db.destroy(), model.close(), meta.close()]);
  };
  try {
    await migrate(
      { ...settings, ...asSettings(direct) },
      path.join(servers.folder, 'logs', `${name}-migrate.log`),
    );
    await Promise.all([api.start(), worker.start()]);
  } catch (error) {
    await close();
    throw error;
  }
  const post = (channel: Channel, webhook: SignedWebhook) =>
    postWebhook(`http://127.0.0.1:${apiPort}/webhooks/${channel}`, webhook);
  return {
    api,
    worker,
    meta,
    model,
    webhooks: createMetaWebhooks(SECRETS),
    db,
    settings,
    post,
    close,
  };
}

/** What is not set here is filled in as `npm start` does it. */
async function settingsOf(
  { servers, name, environment = {} }: MayflyOptions,
  dataDir: string,
  { apiPort, healthPort }: { apiPort: number; healthPort: number },
): Promise<Record<string, string>> {
  const namespaces = namespacesOf(name);
  const given = {
    PATH: process.env['PATH'] ?? '',
    // A process that was started before need not be compiled again: it takes two thirds of the time.
    NODE_COMPILE_CACHE: path.join(CHECKOUT, '.cache', 'node-compile'),
    WORKER_HEALTH_PORT: String(healthPort),
    DATABASE_URL: servers.connectionString(name),
    TEMPORAL_ADDRESS: servers.temporalAddress,
    TEMPORAL_CONVERSATIONS_NAMESPACE: namespaces.conversations,
    TEMPORAL_PRIVACY_NAMESPACE: namespaces.privacy,
    COMPANY_NAME,
    OPENAI_API_KEY: 'test-key',
    OPENAI_MODEL: 'fake',
    WHATSAPP_APP_SECRETS: SECRETS.whatsapp,
    INSTAGRAM_APP_SECRETS: SECRETS.instagram,
    COLLECT_QUIET_MS: '0',
    ...environment,
  };
  return localEnvironment(given, {
    plan: planLocal(given),
    ports: {
      api: apiPort,
      workerHealth: healthPort,
      temporal: 0,
      temporalUi: 0,
      postgres: 0,
      model: 0,
    },
    secrets: loadLocalSecrets(path.join(dataDir, 'local-secrets.json')),
    dataDir,
    checkout: CHECKOUT,
  });
}

function asSettings({ database, temporal, meta, model }: Addresses): Record<string, string> {
  return {
    DATABASE_URL: database,
    TEMPORAL_ADDRESS: temporal,
    WHATSAPP_GRAPH_URL: meta,
    INSTAGRAM_GRAPH_URL: meta,
    OPENAI_BASE_URL: model,
  };
}

async function migrate(environment: Record<string, string>, logFile: string): Promise<void> {
  const log = openSync(logFile, 'a', 0o600);
  const program = path.join(CHECKOUT, 'worker', 'migrate.ts');
  const child = spawn(process.execPath, [program], {
    cwd: CHECKOUT,
    env: environment,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`migrate ended with ${code}: see ${logFile}`);
}
