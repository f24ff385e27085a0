import { Client, Connection } from '@temporalio/client';
import { createApp } from './app.ts';
import { healthRoutes, metricsRoutes } from './health-routes.ts';
import { ingest } from './webhooks/ingest.ts';
import { metaRoutes } from './meta/meta-routes.ts';
import { certificateRoutes } from './privacy/certificate-routes.ts';
import { jwksRoutes } from './privacy/jwks-routes.ts';
import { MailLimit } from './privacy/mail-limit.ts';
import { requestRoutes } from './privacy/request-routes.ts';
import { siteAssets } from './site/site-assets.ts';
import { openStaff } from './staff/open-staff.ts';
import { openSimulator } from './simulator/open-simulator.ts';
import { createRunAfterCommit } from './webhooks/run-after-commit.ts';
import { webhookRoutes } from './webhooks/webhook-routes.ts';
import { loadAssistant } from '../lib/assistant/load-assistant.ts';
import type { readSettings } from '../lib/config.ts';
import { FileKeyRing } from '../lib/crypto/file-key-ring.ts';
import { CodeHash } from '../lib/crypto/request-codes.ts';
import { SigningKeys } from '../lib/crypto/signing-keys.ts';
import { SubjectKeyCache } from '../lib/crypto/subject-key-cache.ts';
import { erasureListFileOf } from '../lib/erasure-list.ts';
import { listen } from '../lib/http-server.ts';
import type { Log } from '../lib/log.ts';
import { mailWay } from '../lib/mail/open-mailer.ts';
import { createMetrics } from '../lib/metrics.ts';
import { RateLimit } from '../lib/rate-limit.ts';
import { connectDatabase } from '../lib/postgres/database.ts';
import { People } from '../lib/postgres/people.ts';
import { refuseToServeRestored } from '../lib/postgres/restores.ts';
import { createServingGuard } from '../lib/postgres/serving-guard.ts';
import { Tombstones } from '../lib/postgres/tombstones.ts';
import { connectionOptions } from '../lib/temporal/connection-options.ts';
import { createDataConverter } from '../lib/temporal/data-converter.ts';
import { createPrivacyRequests } from '../lib/temporal/privacy-requests.ts';
import { createTellConversation } from '../lib/temporal/tell-conversation.ts';
import { createWakeConversation } from '../lib/temporal/wake-conversation.ts';

/** The settings that the api needs. */
export const API_SETTINGS = [
  'PORT',
  'HOST',
  'METRICS_PORT',
  'DATABASE_URL',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS_SERVER_CA_FILE',
  'TEMPORAL_TLS_CERT_FILE',
  'TEMPORAL_TLS_KEY_FILE',
  'TEMPORAL_CONVERSATIONS_NAMESPACE',
  'TEMPORAL_PRIVACY_NAMESPACE',
  'PUBLIC_URL',
  'CONTACT_EMAIL',
  'SMTP_URL',
  'META_APP_SECRETS',
  'OIDC_ISSUER',
  'OIDC_CLIENT_ID',
  'SIGNING_KEY_FILE',
  'WHATSAPP_APP_SECRETS',
  'INSTAGRAM_APP_SECRETS',
  'WHATSAPP_VERIFY_TOKEN',
  'INSTAGRAM_VERIFY_TOKEN',
  'COMPANY_NAME',
  'STAND_INS',
  'TEMPORAL_UI_URL',
  'WHATSAPP_GRAPH_URL',
  'INSTAGRAM_GRAPH_URL',
  'OPENAI_BASE_URL',
  'WORKER_HEALTH_PORT',
  'DATA_DIR',
  'KEY_RING_FILE',
  'ROOT_KEY_FILE',
  'ERASURE_LIST_FILE',
  'ASSISTANT_FILE',
  'HUMAN_PAUSE',
  'SESSION_IDLE',
  'TURN_DEADLINE',
  'TURNS_PER_RUN',
] as const;
export type ApiSettings = ReturnType<typeof readSettings<(typeof API_SETTINGS)[number]>>;

export interface RunningApi {
  port: number;
  /** Answers what is under way, wakes what was committed, then lets go of everything. */
  close(): Promise<void>;
}

/** Puts the api together and listens. It starts, and takes webhooks, while Temporal is away. */
export async function startApi(settings: ApiSettings, log: Log): Promise<RunningApi> {
  const { languages } = await loadAssistant(settings.ASSISTANT_FILE);
  const storage = openStorage(settings, log);
  await refuseToServeRestored(storage.db, log, storage.close);
  const connection = Connection.lazy(connectionOptions(settings));
  const client = new Client({
    connection,
    namespace: settings.TEMPORAL_CONVERSATIONS_NAMESPACE,
    dataConverter: createDataConverter(storage.ring),
  });
  const metrics = createMetrics();
  const privacy = new Client({
    connection,
    namespace: settings.TEMPORAL_PRIVACY_NAMESPACE,
    dataConverter: createDataConverter(storage.ring),
  });
  const requests = createPrivacyRequests(privacy);
  const afterCommit = createRunAfterCommit({
    wake: createWakeConversation(client, {
      sessionIdleMs: settings.SESSION_IDLE,
      turnDeadlineMs: settings.TURN_DEADLINE,
      turnsPerRun: settings.TURNS_PER_RUN ?? null,
    }),
    tell: createTellConversation(client),
    requests,
    metrics,
    log,
  });
  const webhooks = webhookRoutes({
    channels: {
      instagram: {
        secrets: settings.INSTAGRAM_APP_SECRETS,
        verifyToken: settings.INSTAGRAM_VERIFY_TOKEN,
      },
      whatsapp: {
        secrets: settings.WHATSAPP_APP_SECRETS,
        verifyToken: settings.WHATSAPP_VERIFY_TOKEN,
      },
    },
    ingest: (events) =>
      ingest({ ...storage, languages, humanPauseMs: settings.HUMAN_PAUSE }, events),
    afterCommit: afterCommit.run,
    metrics,
    log,
  });
  const publicUrl = settings.PUBLIC_URL;
  const site = { companyName: settings.COMPANY_NAME, contactEmail: settings.CONTACT_EMAIL };
  const limit = new RateLimit({ most: 300, windowMs: 60_000, now: Date.now });
  const pages = [
    siteAssets(),
    jwksRoutes({ keys: SigningKeys.open(settings.SIGNING_KEY_FILE) }),
    certificateRoutes({ site, publicUrl }),
    requestRoutes({
      ...storage,
      requests,
      publicUrl,
      site,
      limit,
      mail: mailWay(settings),
      mailLimit: new MailLimit(Date.now),
      log,
    }),
    metaRoutes({ ...storage, requests, publicUrl, secrets: settings.META_APP_SECRETS, log }),
    ...openStaff(settings, { ...storage, requests, mail: mailWay(settings), log }),
  ];
  const health = healthRoutes({ database: () => storage.pool.query('SELECT 1') });
  const { HOST: host, PORT: port, METRICS_PORT: metricsPort } = settings;
  const simulator = openSimulator(settings, {
    ...storage,
    conversations: client,
    port: () => server.port,
    log,
  });
  const routers = [
    health,
    webhooks,
    ...pages,
    ...(metricsPort === undefined ? [metricsRoutes(metrics)] : []),
    ...(simulator === null ? [] : [simulator.router]),
  ];
  const server = await listen(createApp({ routers, log }), { host, port });
  const metricsServer =
    metricsPort === undefined
      ? null
      : await listen(createApp({ routers: [metricsRoutes(metrics)], log }), {
          host,
          port: metricsPort,
        });

  return {
    port: server.port,
    close: async () => {
      await simulator?.close();
      await server.close();
      await metricsServer?.close();
      await afterCommit.drained();
      await connection.close();
      await storage.close();
    },
  };
}

function openStorage(settings: ApiSettings, log: Log) {
  const ring = FileKeyRing.open({
    ringFile: settings.KEY_RING_FILE,
    rootKeyFile: settings.ROOT_KEY_FILE,
  });
  const cache = new SubjectKeyCache({ capacity: 20_000, now: Date.now });
  const cacheSweep = setInterval(() => cache.sweep(), 5_000);
  const { db, pool } = connectDatabase({
    connectionString: settings.DATABASE_URL,
    maxConnections: 16,
    onIdleError: (error) => log.warn({ error }, 'a database connection was lost'),
    verify: createServingGuard(ring, erasureListFileOf(settings)),
  });
  const close = async () => {
    clearInterval(cacheSweep);
    await db.destroy();
    ring.close();
  };
  return {
    ring,
    db,
    pool,
    people: new People({ ring, cache }),
    tombstones: new Tombstones(ring),
    codeHash: new CodeHash(ring),
    close,
  };
}
