import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { OwnWords } from '../activities/own-words.ts';
import { loadAssistant } from '../lib/assistant/load-assistant.ts';
import { checkpointFileOf } from '../lib/checkpoint-file.ts';
import type { Log } from '../lib/log.ts';
import { openMailer } from '../lib/mail/open-mailer.ts';
import { createGraphClient } from '../lib/meta/graph-client.ts';
import { createMetrics, measureRootKey } from '../lib/metrics.ts';
import { openStorage } from '../store/open-storage.ts';
import { createDataConverter } from '../lib/temporal/data-converter.ts';
import { createConversationActivities } from './conversation-deps.ts';
import { createPrivacyActivities } from './privacy-deps.ts';
import type { WorkerSettings } from './worker-settings.ts';

const CONNECTIONS = 24;
const GRAPH_TIMEOUT_MS = 20_000;

/** Everything a worker is made of, put together in one place; `close` ends it in reverse order. */
export async function createWorkerDeps(
  settings: WorkerSettings,
  connection: NativeConnection,
  log: Log,
) {
  const assistant = await loadAssistant(settings.ASSISTANT_FILE);
  const words: OwnWords = {
    speaker: { companyName: settings.COMPANY_NAME, contactEmail: settings.CONTACT_EMAIL },
    languages: [assistant.languages[0] ?? 'en', ...assistant.languages.slice(1)],
    hours: assistant.hours ?? null,
  };
  const storage = await openStorage(settings, { maxConnections: CONNECTIONS, log });
  const metrics = createMetrics();
  measureRootKey(metrics.registry, () => storage.ring.rootKeyMove.madeAt());
  const dataConverter = createDataConverter(storage.ring);
  const clientOf = (namespace: string) => new Client({ connection, namespace, dataConverter });
  const graph = createGraphClient({
    graphUrls: { whatsapp: settings.WHATSAPP_GRAPH_URL, instagram: settings.INSTAGRAM_GRAPH_URL },
    accessTokens: {
      whatsapp: settings.WHATSAPP_ACCESS_TOKEN,
      instagram: settings.INSTAGRAM_ACCESS_TOKEN,
    },
    timeoutMs: GRAPH_TIMEOUT_MS,
  });
  const mailer = openMailer(settings);
  const parts = {
    ...storage,
    ...{ graph, words, metrics, log, settings },
    conversations: clientOf(settings.TEMPORAL_CONVERSATIONS_NAMESPACE),
    privacy: clientOf(settings.TEMPORAL_PRIVACY_NAMESPACE),
  };
  const checkpointFile = checkpointFileOf(settings);
  return {
    activities: createConversationActivities({ ...parts, assistant }),
    privacyActivities: createPrivacyActivities({ ...parts, mailer, checkpointFile }),
    dataConverter,
    metrics,
    pool: storage.pool,
    close: async () => {
      graph.close();
      mailer?.close();
      await storage.close();
    },
  };
}
