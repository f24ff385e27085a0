import { Client, Connection } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { API_SETTINGS } from '../../api/api-settings.ts';
import { startApi } from '../../api/server.ts';
import type { RunningApi } from '../../api/server.ts';
import type { Channel } from '../../domain/channels.ts';
import { readSettings } from '../../lib/config.ts';
import { createKeyRing, FileKeyRing } from '../../lib/crypto/file-key-ring.ts';
import { ensureSigningKeys } from '../../lib/crypto/signing-keys.ts';
import { createLog } from '../../lib/log.ts';
import { connectDatabase } from '../../store/database.ts';
import { startLocalApi } from '../../local/start-local-api.ts';
import { createDataConverter } from '../../lib/temporal/data-converter.ts';
import { bridgeRuntimeLog } from '../../lib/temporal/runtime-log.ts';
import { WORKER_SETTINGS } from '../../worker/worker-settings.ts';
import { ensureNamespace, ensureSearchAttributes } from '../../worker/namespaces.ts';
import { runWorker } from '../../worker/run-worker.ts';
import type { RunningWorker } from '../../worker/run-worker.ts';
import { startFakeModel } from '../fakes/llm/fake-model.ts';
import { startFakeMeta } from '../fakes/meta/fake-meta.ts';
import { createMetaWebhooks, postWebhook } from '../fakes/meta/webhooks.ts';
import type { SignedWebhook } from '../fakes/meta/webhooks.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { devServerAddress } from './temporal-servers.ts';
import { testDatabase } from './test-postgres.ts';
import { eventually } from './eventually.ts';

/** Business accounts of the tests. */
export const ACCOUNTS = { whatsapp: '106540352242922', instagram: '17841400000000000' } as const;
const SECRETS = { whatsapp: 'whatsapp-app-secret', instagram: 'instagram-app-secret' };
const DAY_MS = 86_400_000;

export type Installation = Awaited<ReturnType<typeof createInstallation>>;

/**
 * A whole Mayfly for one test file: its own database, namespace and key ring, api and worker in this process, and
 * fakes of Meta and of the model over HTTP. `environment` overrides settings.
 */
export async function createInstallation(environment: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const [database, model, meta] = await Promise.all([
    testDatabase(),
    startFakeModel(),
    startFakeMeta(),
  ]);
  const paths = { ringFile: join(folder, 'ring'), rootKeyFile: join(folder, 'root') };
  createKeyRing(paths);
  const signingKeyFile = join(folder, 'signing-keys.json');
  await ensureSigningKeys(signingKeyFile, new Date());
  const ring = FileKeyRing.open(paths);
  const temporalAddress = environment['TEMPORAL_ADDRESS'] ?? devServerAddress();
  const connection = await Connection.connect({ address: temporalAddress });
  const namespace = `test-${randomUUID()}`;
  const privacyNamespace = `${namespace}-privacy`;
  await ensureNamespace(connection, namespace, DAY_MS);
  await ensureNamespace(connection, privacyNamespace, DAY_MS);
  await ensureSearchAttributes(connection, privacyNamespace);
  const settings = {
    PORT: '0',
    WORKER_HEALTH_PORT: '0',
    DATABASE_URL: database.connectionString,
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_CONVERSATIONS_NAMESPACE: namespace,
    PUBLIC_URL: 'http://127.0.0.1:3000',
    META_APP_SECRETS: 'meta-app-secret',
    TEMPORAL_PRIVACY_NAMESPACE: privacyNamespace,
    KEY_RING_FILE: paths.ringFile,
    ROOT_KEY_FILE: paths.rootKeyFile,
    SIGNING_KEY_FILE: signingKeyFile,
    LEDGER_CHECKPOINT_FILE: join(folder, 'ledger-checkpoints'),
    COMPANY_NAME: 'Example Bakery',
    ASSISTANT_FILE: 'assistant/assistant.yaml',
    OPENAI_API_KEY: 'test-key',
    OPENAI_BASE_URL: model.url,
    OPENAI_MODEL: 'fake',
    WHATSAPP_APP_SECRETS: `old-secret,${SECRETS.whatsapp}`,
    INSTAGRAM_APP_SECRETS: SECRETS.instagram,
    WHATSAPP_VERIFY_TOKEN: 'whatsapp-verify-token',
    INSTAGRAM_VERIFY_TOKEN: 'instagram-verify-token',
    WHATSAPP_ACCESS_TOKEN: 'whatsapp-access-token',
    INSTAGRAM_ACCESS_TOKEN: 'instagram-access-token',
    WHATSAPP_GRAPH_URL: meta.url,
    INSTAGRAM_GRAPH_URL: meta.url,
    CONTACT_EMAIL: 'privacy@example.com',
    COLLECT_QUIET_MS: '0',
    ...environment,
  };
  const logLines: string[] = [];
  const log = createLog('test', { write: (line: string) => void logLines.push(line) });
  installRuntimeOnce(log);
  const { db } = connectDatabase({
    connectionString: database.connectionString,
    maxConnections: 4,
    onIdleError: () => undefined,
  });
  const dataConverter = createDataConverter(ring);
  const client = new Client({ connection, namespace, dataConverter });
  const privacyClient = new Client({ connection, namespace: privacyNamespace, dataConverter });
  // The server knows a new namespace only after its own cache has looked again.
  await eventually(() => client.workflow.count());
  await eventually(() => privacyClient.workflow.count());
  let api: RunningApi | null = null;
  let worker: RunningWorker | null = null;

  const installation = {
    folder,
    settings,
    model,
    meta,
    db,
    ring,
    client,
    /** Of the namespace of privacy requests. */
    privacyClient,
    logLines,
    webhooks: createMetaWebhooks(SECRETS),
    startApi: async () => {
      api =
        'STAND_INS' in environment
          ? await startLocalApi(settings, log)
          : await startApi(readSettings(settings, API_SETTINGS), log);
    },
    stopApi: async () => {
      await api?.close();
      api = null;
    },
    startWorker: async () =>
      void (worker = await runWorker(readSettings(settings, WORKER_SETTINGS), log)),
    stopWorker: async () => {
      await worker?.close();
      worker = null;
    },
    url: (path: string) => `http://127.0.0.1:${api?.port ?? 0}${path}`,
    post: (channel: Channel, webhook: SignedWebhook) =>
      postWebhook(installation.url(`/webhooks/${channel}`), webhook),
    /** Waits until this many texts have reached people, and returns them. */
    sent: async (count: number) => {
      await eventually(() => expect(meta.sent.length).toBeGreaterThanOrEqual(count));
      return meta.sent.map(({ text }) => text);
    },
  };
  afterAll(async () => {
    await installation.stopApi();
    await installation.stopWorker();
    await db.destroy();
    await connection.close();
    ring.close();
    await Promise.all([model.close(), meta.close()]);
    await database.drop();
  });
  await Promise.all([installation.startApi(), installation.startWorker()]);
  return installation;
}

let isRuntimeInstalled = false;

function installRuntimeOnce(log: ReturnType<typeof createLog>): void {
  if (isRuntimeInstalled) return;
  isRuntimeInstalled = true;
  Runtime.install({ logger: bridgeRuntimeLog(log), shutdownSignals: [] });
}
