import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../domain/durations.ts';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { clearTextLinks, plainHost } from './clear-text-links.ts';
import { isSafeAddress } from './oidc/safe-address.ts';
import { linkToPostgres } from './link-to-postgres.ts';

/** Thrown when the settings are not usable; the message lists each by name and says what to do. Exit code 78 (EX_CONFIG). */
export class SettingsError extends Error {
  override name = 'SettingsError';
}

const DURATION = /^(\d+)(ms|s|m|h)$/;
/** A name, an IPv4 address, or an IPv6 address with its brackets or without. */
const HOST = /^(?:[^\s:/@[\]]+|\[?[\da-f]*:[\da-f:.]+\]?)$/i;
const UNIT_MS = { ms: 1, s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS } as const;

const list = z.string().transform((given) =>
  given
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
);
const secrets = list.refine(
  (given) => given.length > 0,
  'give at least one secret, separated by commas',
);
const hosts = list
  .refine(
    (given) => given.every((host) => HOST.test(host)),
    'give hosts without scheme and port, separated by commas',
  )
  .transform((given) => given.map(plainHost));
const networks = list.refine(
  (given) => given.every(isNetwork),
  'give addresses or networks such as 172.16.0.0/12, separated by commas',
);
const duration = z
  .string()
  .regex(DURATION, 'give a duration such as 500ms, 60s or 30m')
  .transform((text) => {
    const [, amount, unit] = DURATION.exec(text) ?? [];
    return Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  });
const milliseconds = z.coerce.number().int().min(0).max(60_000);
const port = z.coerce.number().int().min(0).max(65_535);
const url = z
  .url({ protocol: /^https?$/, error: 'give a whole URL, with https:// or http://' })
  .transform((given) => given.replace(/\/+$/, ''));
const text = z.string().min(1);
const postgresUrl = text.refine(
  (given) => linkToPostgres(given) !== null,
  'it cannot be read as a connection string, or a file that it names is not there',
);
const hostAndPort = text.refine(
  (given) => /^[^/\s@]+$/.test(given) && URL.canParse(`http://${given}`),
  'give host and port, without a scheme',
);
const smtpUrl = z
  .url({ protocol: /^smtps?$/, error: 'give a URL such as smtps://user:password@mail.example.com' })
  .refine(
    (given) => /^smtps?:\/\/[^/?#]+\/?$/.test(given),
    'give nothing behind the host and port: no path, no options',
  );

/** What `npm start` can stand in for. */
export const STAND_INS = ['meta', 'model', 'mail', 'staff'] as const;
export type StandIn = (typeof STAND_INS)[number];

/** The settings that each part needs, by their names in the environment. */
const settings = {
  PORT: port.default(3000),
  HOST: text.default('127.0.0.1'),
  METRICS_PORT: port.optional(),
  WORKER_HEALTH_PORT: port.default(3001),
  /** The folder in which `npm start` keeps everything; it alone hands this to its processes. */
  DATA_DIR: text.optional(),
  PUBLIC_URL: url,
  COMPANY_NAME: text,
  CONTACT_EMAIL: z.email('give a mail address'),
  ASSISTANT_FILE: text,
  DATABASE_URL: postgresUrl,
  TEMPORAL_ADDRESS: hostAndPort,
  TEMPORAL_API_KEY: text.optional(),
  TEMPORAL_TLS_SERVER_CA_FILE: text.optional(),
  TEMPORAL_TLS_CERT_FILE: text.optional(),
  TEMPORAL_TLS_KEY_FILE: text.optional(),
  TEMPORAL_CONVERSATIONS_NAMESPACE: text.default('conversations'),
  TEMPORAL_PRIVACY_NAMESPACE: text.default('privacy'),
  TEMPORAL_UI_URL: url.optional(),
  WHATSAPP_APP_SECRETS: secrets,
  INSTAGRAM_APP_SECRETS: secrets,
  WHATSAPP_VERIFY_TOKEN: text,
  INSTAGRAM_VERIFY_TOKEN: text,
  WHATSAPP_ACCESS_TOKEN: text,
  INSTAGRAM_ACCESS_TOKEN: text,
  WHATSAPP_GRAPH_URL: url.default('https://graph.facebook.com/v25.0'),
  INSTAGRAM_GRAPH_URL: url.default('https://graph.instagram.com/v25.0'),
  OPENAI_API_KEY: text,
  OPENAI_BASE_URL: url.default('https://api.openai.com/v1'),
  OPENAI_MODEL: text,
  /** For tests: how long evidence of a send is waited for, instead of what each channel needs. */
  EVIDENCE_WAIT: duration.optional(),
  /** How long the AI provider keeps a log of what it was asked; 0 with zero data retention. */
  LLM_RETENTION_DAYS: z.coerce.number().int().min(0).max(3650).default(30),
  /** The server that sends mail: `smtps:`, or `smtp:` with STARTTLS. Without it nobody is answered by mail. */
  SMTP_URL: smtpUrl.optional(),
  /** Secrets under which Meta signs its deletion and deauthorize callbacks. */
  META_APP_SECRETS: secrets,
  LLM_API: z.enum(['responses', 'chat']).default('responses'),
  /**
   * The provider that says who is staff; without it the door for staff is shut. Kept as it is given: a token names it
   * letter by letter.
   */
  OIDC_ISSUER: z
    .url('give a whole URL')
    .refine(isSafeAddress, 'give an https address, or one of this machine')
    .optional(),
  OIDC_CLIENT_ID: text.default('mayfly'),
  KEY_RING_FILE: text,
  ROOT_KEY_FILE: text,
  /** The keys that open key backups, for 48 hours each; beside the root key when it is not given. */
  BACKUP_KEY_FILE: text.optional(),
  SIGNING_KEY_FILE: text,
  /** Where the ledger's checkpoints are kept outside the database; beside the key ring when it is not given. */
  LEDGER_CHECKPOINT_FILE: text.optional(),
  /** Where the list of erasures is kept outside the database; beside the key ring when it is not given. */
  ERASURE_LIST_FILE: text.optional(),
  COLLECT_QUIET_MS: milliseconds.default(1500),
  COLLECT_MAX_MS: milliseconds.default(6000),
  SESSION_IDLE: duration.default(30 * 60_000),
  /** How long the assistant rests after it handed over to a human, or a human wrote. */
  HUMAN_PAUSE: duration.default(2 * HOUR_MS),
  /** Replies of the model that one person may get within a day. */
  DAILY_REPLIES: z.coerce.number().int().min(1).default(200),
  DAILY_REPLIES_TO_ALL: z.coerce.number().int().min(1).default(10_000),
  TURN_DEADLINE: duration.default(60_000),
  /** Hosts that may be reached without TLS, because nobody else is on the way to them. */
  PRIVATE_HOSTS: hosts.default([]),
  /** Proxies that are believed when they say whom they speak for. */
  TRUSTED_PROXIES: networks.default([]),
  /** What `npm start` stands in for, so that pages can say so. */
  STAND_INS: list.pipe(z.array(z.enum(STAND_INS))).default([]),
} as const;

function isNetwork(given: string): boolean {
  const [address = '', bits, ...more] = given.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (longest < 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest);
}

type Environment = Readonly<Record<string, string | undefined>>;
type Settings = { [Name in keyof typeof settings]: z.output<(typeof settings)[Name]> };
export type SettingName = keyof Settings;

/**
 * Reads the named settings from the environment; `NAME_FILE` gives the file that holds a setting's value.
 * All that is wrong is reported at once. A value is never part of the message: it may be a secret.
 */
export function readSettings<Name extends SettingName>(
  environment: Environment,
  names: readonly Name[],
): Pick<Settings, Name> {
  const problems: string[] = [];
  const found: Partial<Record<Name, unknown>> = {};
  for (const name of names) {
    const given = readGiven(environment, name, problems);
    const parsed = settings[name].safeParse(given);
    if (parsed.success) found[name] = parsed.data;
    else if (given === undefined) problems.push(`${name} is not set`);
    else
      problems.push(
        `${name} is not usable: ${parsed.error.issues.map(({ message }) => message).join('; ')}`,
      );
  }
  problems.push(...refusedLinks(environment, found));
  if (problems.length > 0)
    throw new SettingsError(`Settings: ${problems.join('. ')}. See docs/settings.md.`);
  return found as Pick<Settings, Name>;
}

/** Links to other machines on which others could read along (policy S1), unless their host is said to be on a private network. */
function refusedLinks(environment: Environment, found: Partial<Settings>): string[] {
  const given = readGiven(environment, 'PRIVATE_HOSTS', []);
  const privateHosts = new Set(settings.PRIVATE_HOSTS.safeParse(given).data);
  return clearTextLinks(found)
    .filter(({ host }) => !privateHosts.has(host))
    .map(
      ({ setting, remedy }) =>
        `${setting} leads to another machine and is not encrypted: ${remedy}, or name its host in PRIVATE_HOSTS if nobody else is on the way to it`,
    );
}

function readGiven(environment: Environment, name: string, problems: string[]): string | undefined {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  // Settings that name a file themselves, KEY_RING_FILE say, are not read as the file of a setting KEY_RING.
  const file = environment[`${name}_FILE`];
  if (file === undefined || file === '') return undefined;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    problems.push(`${name}_FILE cannot be read`);
    return undefined;
  }
}
