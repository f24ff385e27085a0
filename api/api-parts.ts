import { Client, Connection } from '@temporalio/client';
import { loadAssistant } from '../lib/assistant/load-assistant.ts';
import { CodeHash } from '../lib/crypto/request-codes.ts';
import type { Log } from '../lib/log.ts';
import { createMetrics } from '../lib/metrics.ts';
import { openStorage } from '../store/open-storage.ts';
import { Tombstones } from '../store/erasure/tombstones.ts';
import { PERSON_WAITS_MS } from '../lib/temporal/ask-within.ts';
import { connectionOptions } from '../lib/temporal/connection-options.ts';
import { createDataConverter } from '../lib/temporal/data-converter.ts';
import { createPrivacyRequests } from '../lib/temporal/privacy-requests.ts';
import { tellIfAway } from '../lib/temporal/tell-if-away.ts';
import type { ApiSettings } from './api-settings.ts';
import { createUnprovenCalls } from './webhooks/unproven-calls.ts';

export type ApiParts = Awaited<ReturnType<typeof openApiParts>>;

const CONNECTIONS = 16;

/** What the routes of the api are made of; `close` ends it in reverse order. Temporal need not be there yet. */
export async function openApiParts(settings: ApiSettings, log: Log) {
  const { languages, accounts } = await loadAssistant(settings.ASSISTANT_FILE);
  const storage = await openStorage(settings, { maxConnections: CONNECTIONS, log });
  const { ring } = storage;
  const connection = Connection.lazy(connectionOptions(settings));
  let isOver = false;
  tellIfAway(connection, log, () => isOver);
  const dataConverter = createDataConverter(ring);
  const metrics = createMetrics();
  const clientOf = (namespace: string) => new Client({ connection, namespace, dataConverter });
  return {
    ...storage,
    settings,
    languages,
    accounts,
    tombstones: new Tombstones(ring),
    codeHash: new CodeHash(ring),
    conversations: clientOf(settings.TEMPORAL_CONVERSATIONS_NAMESPACE),
    requests: createPrivacyRequests(clientOf(settings.TEMPORAL_PRIVACY_NAMESPACE), {
      answerWithinMs: PERSON_WAITS_MS,
    }),
    metrics,
    unproven: createUnprovenCalls({ metrics, log }),
    log,
    close: async () => {
      isOver = true;
      await connection.close();
      await storage.close();
    },
  };
}
