import { API_SETTINGS } from '../api/api-settings.ts';
import type { OneMachine } from '../api/one-machine.ts';
import type { ApiParts } from '../api/api-parts.ts';
import { startApi } from '../api/server.ts';
import type { RunningApi } from '../api/server.ts';
import { readSettings } from '../lib/config.ts';
import type { Log } from '../lib/log.ts';
import { isFromThisMachine } from './identity/from-this-machine.ts';
import { openLocalIssuer } from './identity/open-local-issuer.ts';
import { openSimulator } from './simulator/open-simulator.ts';

const LOCAL_API_SETTINGS = [
  ...API_SETTINGS,
  'STAND_INS',
  'DATA_DIR',
  'WHATSAPP_GRAPH_URL',
  'INSTAGRAM_GRAPH_URL',
  'OPENAI_BASE_URL',
  'WORKER_HEALTH_PORT',
] as const;
type LocalApiSettings = ReturnType<typeof readSettings<(typeof LOCAL_API_SETTINGS)[number]>>;

/** The api with what `npm start` puts beside its own routes: the simulator in Meta's place, and an identity provider. */
export async function startLocalApi(
  environment: Readonly<Record<string, string | undefined>>,
  log: Log,
): Promise<RunningApi> {
  const settings = readSettings(environment, LOCAL_API_SETTINGS);
  return startApi(settings, log, (parts, port) => openMachine(settings, parts, port));
}

function openMachine(settings: LocalApiSettings, parts: ApiParts, port: () => number): OneMachine {
  const simulator = openSimulator(settings, { ...parts, port });
  const issuer = openLocalIssuer(settings);
  return {
    routers: [simulator?.router, issuer].filter((router) => router != null),
    isFromHere: isFromThisMachine,
    hasSimulator: simulator !== null,
    believesThisMachine: issuer !== null,
    mail: settings.STAND_INS.includes('mail') ? 'outbox' : 'none',
    close: async () => simulator?.close(),
  };
}
