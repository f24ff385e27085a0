import { Client, Connection } from '@temporalio/client';
import { createApp } from './app.ts';
import { healthRoutes, metricsRoutes } from './health-routes.ts';
import { ingest } from './webhooks/ingest.ts';
import { createWakeAfterCommit } from './webhooks/wake-after-commit.ts';
import { webhookRoutes } from './webhooks/webhook-routes.ts';
import { readSettings } from '../lib/config.ts';
import { FileKeyRing } from '../lib/crypto/file-key-ring.ts';
import { SubjectKeyCache } from '../lib/crypto/subject-key-cache.ts';
import { listen } from '../lib/http-server.ts';
import { createLog } from '../lib/log.ts';
import { createMetrics } from '../lib/metrics.ts';
import { connectDatabase } from '../lib/postgres/database.ts';
import { People } from '../lib/postgres/people.ts';
import { runProcess } from '../lib/process-life.ts';
import { connectionOptions } from '../lib/temporal/connection-options.ts';
import { createDataConverter } from '../lib/temporal/data-converter.ts';
import { createWakeConversation } from '../lib/temporal/wake-conversation.ts';

const log = createLog('api');

await runProcess(log, async () => {
  const settings = readSettings(process.env, [
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
    'WHATSAPP_APP_SECRETS',
    'INSTAGRAM_APP_SECRETS',
    'WHATSAPP_VERIFY_TOKEN',
    'INSTAGRAM_VERIFY_TOKEN',
    'KEY_RING_FILE',
    'ROOT_KEY_FILE',
    'SESSION_IDLE',
    'TURN_DEADLINE',
    'TURNS_PER_RUN',
  ]);
  const ring = FileKeyRing.open({
    ringFile: settings.KEY_RING_FILE,
    rootKeyFile: settings.ROOT_KEY_FILE,
  });
  const cache = new SubjectKeyCache({ capacity: 20_000, now: Date.now });
  const cacheSweep = setInterval(() => cache.sweep(), 5_000);
  const people = new People({ ring, cache });
  const { db, pool } = connectDatabase({
    connectionString: settings.DATABASE_URL,
    maxConnections: 16,
    onIdleError: (error) => log.warn({ error }, 'a database connection was lost'),
  });
  // Lazy: webhooks are taken while Temporal is away.
  const connection = Connection.lazy(connectionOptions(settings));
  const client = new Client({
    connection,
    namespace: settings.TEMPORAL_CONVERSATIONS_NAMESPACE,
    dataConverter: createDataConverter(ring),
  });
  const metrics = createMetrics();
  const afterCommit = createWakeAfterCommit({
    wake: createWakeConversation(client, {
      sessionIdleMs: settings.SESSION_IDLE,
      turnDeadlineMs: settings.TURN_DEADLINE,
      turnsPerRun: settings.TURNS_PER_RUN ?? null,
    }),
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
    ingest: (events) => ingest({ db, people }, events),
    wake: afterCommit.wake,
    metrics,
    log,
  });
  const health = healthRoutes({ database: () => pool.query('SELECT 1') });
  const routers = [
    health,
    webhooks,
    ...(settings.METRICS_PORT === undefined ? [metricsRoutes(metrics)] : []),
  ];
  const server = await listen(createApp({ routers, log }), {
    host: settings.HOST,
    port: settings.PORT,
  });
  const metricsServer =
    settings.METRICS_PORT === undefined
      ? null
      : await listen(createApp({ routers: [metricsRoutes(metrics)], log }), {
          host: settings.HOST,
          port: settings.METRICS_PORT,
        });
  log.info({ port: server.port, event: 'listening' }, 'the api listens');

  return async () => {
    await server.close();
    await metricsServer?.close();
    await afterCommit.drained();
    clearInterval(cacheSweep);
    await connection.close();
    await db.destroy();
    ring.close();
  };
});
