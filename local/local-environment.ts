import path from 'node:path';
import { isGiven, standInsOf, type Environment, type LocalPlan } from './local-plan.ts';
import type { LocalSecrets } from './local-secrets.ts';

/** Where the parts of one machine are found, all on the loopback interface. */
export interface LocalPorts {
  api: number;
  workerHealth: number;
  temporal: number;
  temporalUi: number;
  postgres: number;
  model: number;
}

/** What the environment of the children is made from, beside the given one. */
export interface LocalFacts {
  plan: LocalPlan;
  ports: LocalPorts;
  secrets: LocalSecrets;
  /** Absolute. */
  dataDir: string;
  /** Absolute. */
  checkout: string;
}

/** The model to ask for when only its key is given. */
const USUAL_MODEL = 'gpt-4.1-mini';

/**
 * The environment of migrations, worker and api: the given one, and a value for each setting that is not given. All but
 * DATABASE_URL of the embedded server, whose password is known once it runs.
 */
export function localEnvironment(given: Environment, facts: LocalFacts): Record<string, string> {
  const { plan } = facts;
  const defaults: Record<string, string> = {
    ...placeDefaults(facts),
    ...channelDefaults(facts),
    ...modelDefaults(facts),
  };
  const filled = Object.entries(defaults).filter(([name]) => !isGiven(given, name));
  const kept = Object.entries(given).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      entry[1] !== '' &&
      !(plan.temporal && isOfAnotherTemporal(entry[0])),
  );
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(filled),
    PORT: String(facts.ports.api),
    WORKER_HEALTH_PORT: String(facts.ports.workerHealth),
    DATA_DIR: facts.dataDir,
    STAND_INS: standInsOf(plan).join(','),
  };
}

/** Temporal's own tools read these too; values that were set for another server must not be used on this one. */
function isOfAnotherTemporal(name: string): boolean {
  return name.startsWith('TEMPORAL_TLS_') || name.startsWith('TEMPORAL_API_KEY');
}

/** Where the keys lie that `npm start` makes. */
export function keyFileDefaults(dataDir: string): Record<string, string> {
  const key = (name: string) => path.join(dataDir, 'keys', name);
  return {
    KEY_RING_FILE: key('key-ring'),
    ROOT_KEY_FILE: key('root-key'),
    SIGNING_KEY_FILE: key('signing-keys.json'),
  };
}

function placeDefaults({ plan, ports, dataDir, checkout }: LocalFacts): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    PUBLIC_URL: `http://127.0.0.1:${ports.api}`,
    COMPANY_NAME: 'Example Shop',
    CONTACT_EMAIL: 'privacy@example.com',
    ASSISTANT_FILE: path.join(checkout, 'assistant', 'assistant.yaml'),
    ...keyFileDefaults(dataDir),
    TEMPORAL_CONVERSATIONS_NAMESPACE: 'conversations',
    TEMPORAL_PRIVACY_NAMESPACE: 'privacy',
    ...(plan.staff ? { OIDC_ISSUER: `http://127.0.0.1:${ports.api}/stand-in/identity` } : {}),
    ...(plan.temporal
      ? {
          TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}`,
          TEMPORAL_UI_URL: `http://127.0.0.1:${ports.temporalUi}`,
        }
      : {}),
  };
}

/** A channel that is real keeps Meta's own address; what it lacks besides is filled in, so that all else can be tried. */
function channelDefaults({ plan, ports, secrets }: LocalFacts): Record<string, string> {
  const graph = `http://127.0.0.1:${ports.api}/simulator/graph/v25.0`;
  return {
    META_APP_SECRETS: secrets.metaAppSecret,
    WHATSAPP_APP_SECRETS: secrets.whatsappAppSecret,
    WHATSAPP_VERIFY_TOKEN: secrets.whatsappVerifyToken,
    WHATSAPP_ACCESS_TOKEN: secrets.whatsappAccessToken,
    INSTAGRAM_APP_SECRETS: secrets.instagramAppSecret,
    INSTAGRAM_VERIFY_TOKEN: secrets.instagramVerifyToken,
    INSTAGRAM_ACCESS_TOKEN: secrets.instagramAccessToken,
    ...(plan.simulated.whatsapp ? { WHATSAPP_GRAPH_URL: graph } : {}),
    ...(plan.simulated.instagram ? { INSTAGRAM_GRAPH_URL: graph } : {}),
  };
}

/** The operator's own model server often needs no key, but the client insists on having one. */
function modelDefaults({ plan, ports }: LocalFacts): Record<string, string> {
  if (!plan.model) return { OPENAI_API_KEY: 'not-needed', OPENAI_MODEL: USUAL_MODEL };
  return {
    OPENAI_BASE_URL: `http://127.0.0.1:${ports.model}/v1`,
    OPENAI_API_KEY: 'stand-in',
    OPENAI_MODEL: 'stand-in',
  };
}
