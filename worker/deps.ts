import { sleep } from '@temporalio/activity';
import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { createAskModel } from '../activities/ask-model.ts';
import type { ConversationActivities } from '../activities/conversation-activities.ts';
import { createDailyBudget } from '../activities/daily-budget.ts';
import { createDeliver } from '../activities/deliver.ts';
import { createDeliveryCounts } from '../activities/delivery-counts.ts';
import { EVIDENCE_WAITS, evenWaits } from '../activities/evidence-waits.ts';
import { createLookInThread } from '../activities/look-in-thread.ts';
import { createOfferDeletion } from '../activities/offer-deletion.ts';
import { createReconcile } from '../activities/reconcile.ts';
import { createShowReading } from '../activities/show-reading.ts';
import { createSweepActivities } from '../activities/sweep-activities.ts';
import type { SweepActivities } from '../activities/sweep-activities.ts';
import { createTendWaitingReplies } from '../activities/tend-waiting-replies.ts';
import { createWriteFallback, createWriteReply } from '../activities/write-reply.ts';
import type { WriteReplyDeps } from '../activities/write-reply.ts';
import { loadAssistant } from '../lib/assistant/load-assistant.ts';
import { checkpointFileOf } from '../lib/checkpoint-file.ts';
import type { readSettings } from '../lib/config.ts';
import { FileKeyRing } from '../lib/crypto/file-key-ring.ts';
import { CodeHash } from '../lib/crypto/request-codes.ts';
import { SubjectKeyCache } from '../lib/crypto/subject-key-cache.ts';
import { erasureListFileOf } from '../lib/erasure-list.ts';
import { createReplyModel } from '../lib/llm/create-reply-model.ts';
import type { Log } from '../lib/log.ts';
import { openMailer } from '../lib/mail/open-mailer.ts';
import { createGraphClient } from '../lib/meta/graph-client.ts';
import { createMetrics, measureRootKey } from '../lib/metrics.ts';
import { connectDatabase } from '../lib/postgres/database.ts';
import { People } from '../lib/postgres/people.ts';
import { refuseToServeRestored } from '../lib/postgres/restores.ts';
import { createServingGuard } from '../lib/postgres/serving-guard.ts';
import { createDataConverter } from '../lib/temporal/data-converter.ts';
import { createPrivacyRequests } from '../lib/temporal/privacy-requests.ts';
import { createTellConversation } from '../lib/temporal/tell-conversation.ts';
import { createWakeConversation } from '../lib/temporal/wake-conversation.ts';
import { createPrivacyActivities } from './privacy-deps.ts';

/** The settings that a worker needs. */
export const WORKER_SETTINGS = [
  'WORKER_HEALTH_PORT',
  'HOST',
  'COMPANY_NAME',
  'ASSISTANT_FILE',
  'DATABASE_URL',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS_SERVER_CA_FILE',
  'TEMPORAL_TLS_CERT_FILE',
  'TEMPORAL_TLS_KEY_FILE',
  'TEMPORAL_CONVERSATIONS_NAMESPACE',
  'TEMPORAL_PRIVACY_NAMESPACE',
  'WHATSAPP_ACCESS_TOKEN',
  'INSTAGRAM_ACCESS_TOKEN',
  'WHATSAPP_GRAPH_URL',
  'INSTAGRAM_GRAPH_URL',
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'OPENAI_MODEL',
  'LLM_API',
  'KEY_RING_FILE',
  'ROOT_KEY_FILE',
  'BACKUP_KEY_FILE',
  'SIGNING_KEY_FILE',
  'PUBLIC_URL',
  'LLM_RETENTION_DAYS',
  'LEDGER_CHECKPOINT_FILE',
  'ERASURE_LIST_FILE',
  'SMTP_URL',
  'STAND_INS',
  'DATA_DIR',
  'COLLECT_QUIET_MS',
  'COLLECT_MAX_MS',
  'CONTACT_EMAIL',
  'HUMAN_PAUSE',
  'DAILY_REPLIES',
  'DAILY_REPLIES_TO_ALL',
  'SESSION_IDLE',
  'TURN_DEADLINE',
  'TURNS_PER_RUN',
  'EVIDENCE_WAIT',
] as const;
export type WorkerSettings = ReturnType<typeof readSettings<(typeof WORKER_SETTINGS)[number]>>;

const GRAPH_TIMEOUT_MS = 20_000;
const MODEL_TIMEOUT_MS = 25_000;
const POLL_MS = 150;

/** Everything a worker is made of, put together in one place; `close` ends it in reverse order. */
export async function createWorkerDeps(
  settings: WorkerSettings,
  connection: NativeConnection,
  log: Log,
) {
  const assistant = await loadAssistant(settings.ASSISTANT_FILE);
  const ring = FileKeyRing.open({
    ringFile: settings.KEY_RING_FILE,
    rootKeyFile: settings.ROOT_KEY_FILE,
  });
  const cache = new SubjectKeyCache({ capacity: 20_000, now: Date.now });
  const cacheSweep = setInterval(() => cache.sweep(), 5_000);
  const people = new People({ ring, cache });
  const { db, pool } = connectDatabase({
    connectionString: settings.DATABASE_URL,
    maxConnections: 24,
    onIdleError: (error) => log.warn({ error }, 'a database connection was lost'),
    verify: createServingGuard(ring, erasureListFileOf(settings)),
  });
  const closeStorage = async () => {
    clearInterval(cacheSweep);
    await db.destroy();
    ring.close();
  };
  await refuseToServeRestored(db, log, closeStorage);
  const metrics = createMetrics();
  measureRootKey(metrics.registry, () => ring.rootKeyMove.madeAt());
  const dataConverter = createDataConverter(ring);
  const namespace = settings.TEMPORAL_CONVERSATIONS_NAMESPACE;
  const client = new Client({ connection, namespace, dataConverter });
  const privacy = new Client({
    connection,
    namespace: settings.TEMPORAL_PRIVACY_NAMESPACE,
    dataConverter,
  });
  const model = createReplyModel({
    api: settings.LLM_API,
    apiKey: settings.OPENAI_API_KEY,
    baseUrl: settings.OPENAI_BASE_URL,
    model: settings.OPENAI_MODEL,
    timeoutMs: MODEL_TIMEOUT_MS,
  });
  const graph = createGraphClient({
    graphUrls: { whatsapp: settings.WHATSAPP_GRAPH_URL, instagram: settings.INSTAGRAM_GRAPH_URL },
    accessTokens: {
      whatsapp: settings.WHATSAPP_ACCESS_TOKEN,
      instagram: settings.INSTAGRAM_ACCESS_TOKEN,
    },
    timeoutMs: GRAPH_TIMEOUT_MS,
  });
  const sending = {
    db,
    people,
    humanPauseMs: settings.HUMAN_PAUSE,
    waits:
      settings.EVIDENCE_WAIT === undefined ? EVIDENCE_WAITS : evenWaits(settings.EVIDENCE_WAIT),
    counts: createDeliveryCounts(metrics),
  };
  const deliver = createDeliver({ ...sending, graph });
  const writing: WriteReplyDeps = {
    db,
    people,
    deliver,
    askModel: createAskModel({ db, people, model, assistant, companyName: settings.COMPANY_NAME }),
    collect: { quietMs: settings.COLLECT_QUIET_MS, maxMs: settings.COLLECT_MAX_MS },
    pollMs: POLL_MS,
    dailyBudget: createDailyBudget({
      db,
      perPerson: settings.DAILY_REPLIES,
      forAll: settings.DAILY_REPLIES_TO_ALL,
      now: Date.now,
      onSpent: () =>
        log.error(
          { event: 'daily budget spent', count: settings.DAILY_REPLIES_TO_ALL },
          'the model has answered as often as it may within a day; people are told, and humans have to answer',
        ),
    }),
    showReading: createShowReading({
      db,
      people,
      graph,
      onTrouble: (error) => log.warn({ error }, 'a message could not be shown as read'),
    }),
    offerDeletion: createOfferDeletion({
      db,
      people,
      codeHash: new CodeHash(ring),
      requests: createPrivacyRequests(privacy),
      publicUrl: settings.PUBLIC_URL,
      log,
    }),
    words: {
      speaker: { companyName: settings.COMPANY_NAME, contactEmail: settings.CONTACT_EMAIL },
      languages: [assistant.languages[0] ?? 'en', ...assistant.languages.slice(1)],
      hours: assistant.hours ?? null,
    },
  };
  const activities: ConversationActivities & SweepActivities = {
    writeReply: createWriteReply(writing),
    writeFallback: createWriteFallback(writing),
    deliver,
    reconcile: createReconcile({
      ...sending,
      look: createLookInThread({ ...sending, readThread: graph.readThread, pause: sleep }),
    }),
    ...createSweepActivities({
      db,
      tendWaitingReplies: createTendWaitingReplies({
        db,
        tell: createTellConversation(client),
        paused: metrics.accountsPaused,
        alert: ({ channel, problem }) =>
          log.error(
            { channel, outcome: problem, event: 'account paused' },
            'a business account cannot send; its replies wait until it can',
          ),
      }),
      wake: createWakeConversation(client, {
        sessionIdleMs: settings.SESSION_IDLE,
        turnDeadlineMs: settings.TURN_DEADLINE,
        turnsPerRun: settings.TURNS_PER_RUN ?? null,
      }),
      overdue: { untakenMs: 5_000, takenMs: 2 * settings.TURN_DEADLINE },
      waiting: metrics.waiting,
    }),
  };
  const mailer = openMailer(settings);
  const privacyActivities = createPrivacyActivities({
    db,
    people,
    ring,
    cache,
    graph,
    mailer,
    words: writing.words,
    conversations: client,
    privacy,
    metrics,
    log,
    settings,
    checkpointFile: checkpointFileOf(settings),
  });
  const close = async () => {
    graph.close();
    mailer?.close();
    await closeStorage();
  };
  return { activities, privacyActivities, dataConverter, metrics, pool, close };
}
