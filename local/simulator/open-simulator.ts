import type { Client } from '@temporalio/client';
import type { AssistantFile } from '../../domain/assistant.ts';
import type { Channel } from '../../domain/channels.ts';
import type { readSettings } from '../../lib/config.ts';
import type { Log } from '../../lib/log.ts';
import type { Database } from '../../store/database.ts';
import type { People } from '../../store/people/people.ts';
import { uiAddresses } from '../../lib/temporal/ui-addresses.ts';
import { SIMULATED_ACCOUNTS } from './accounts.ts';
import { createReadBehind } from './behind.ts';
import { createConversationRuns } from './conversation-runs.ts';
import { createWorkerControl } from './kill-worker.ts';
import { createPassTime } from './pass-time.ts';
import { simulatedChannels } from './simulated-channels.ts';
import { simulatorRoutes } from './simulator-routes.ts';
import type { Simulator } from './simulator-routes.ts';

type SimulatorSettings = ReturnType<
  typeof readSettings<
    | 'STAND_INS'
    | 'COMPANY_NAME'
    | 'TEMPORAL_UI_URL'
    | 'TEMPORAL_CONVERSATIONS_NAMESPACE'
    | 'TEMPORAL_PRIVACY_NAMESPACE'
    | 'INSTAGRAM_GRAPH_URL'
    | 'WHATSAPP_GRAPH_URL'
    | 'INSTAGRAM_APP_SECRETS'
    | 'WHATSAPP_APP_SECRETS'
    | 'OPENAI_BASE_URL'
    | 'WORKER_HEALTH_PORT'
    | 'DATA_DIR'
  >
>;

/** Meta, and a look behind it, as long as `npm start` stands in for Meta; else null, and nothing of this is reachable. */
export function openSimulator(
  settings: SimulatorSettings,
  deps: {
    db: Database;
    people: People;
    conversations: Client;
    accounts: AssistantFile['accounts'];
    port: () => number;
    log: Log;
  },
): Simulator | null {
  const { STAND_INS: standIns, DATA_DIR: dataDir } = settings;
  if (!standIns.includes('meta')) return null;
  const { db, people, port, log } = deps;
  const behind = { db, people, conversations: createConversationRuns(deps.conversations) };
  const healthUrl = `http://127.0.0.1:${settings.WORKER_HEALTH_PORT}/readyz`;
  return simulatorRoutes({
    channels: simulatedChannels({
      instagram: settings.INSTAGRAM_GRAPH_URL,
      whatsapp: settings.WHATSAPP_GRAPH_URL,
    }),
    webhookBase: () => `http://127.0.0.1:${port()}`,
    secrets: {
      instagram: settings.INSTAGRAM_APP_SECRETS[0] ?? '',
      whatsapp: settings.WHATSAPP_APP_SECRETS[0] ?? '',
    },
    accounts: accountsToSimulate(deps.accounts),
    companyName: settings.COMPANY_NAME,
    standIns,
    conversationsUrl: uiAddresses(settings)?.conversations,
    behind: createReadBehind(behind),
    passTime: createPassTime(behind),
    worker: dataDir === undefined ? undefined : createWorkerControl({ dataDir, healthUrl }),
    modelUrl: standIns.includes('model') ? settings.OPENAI_BASE_URL : undefined,
    log,
  });
}

/** The first that the assistant file lists, where it lists any: it answers for no others. */
function accountsToSimulate(listed: AssistantFile['accounts']): Record<Channel, string> {
  return {
    instagram: listed?.instagram[0] ?? SIMULATED_ACCOUNTS.instagram,
    whatsapp: listed?.whatsapp[0] ?? SIMULATED_ACCOUNTS.whatsapp,
  };
}
