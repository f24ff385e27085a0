import type { Log } from './log.ts';
import { isThisMachine } from './oidc/safe-address.ts';
import { linkToPostgres } from './link-to-postgres.ts';

/** The settings that say where a process connects to, or sends people to. */
interface Links {
  DATABASE_URL?: string | undefined;
  TEMPORAL_ADDRESS?: string | undefined;
  TEMPORAL_API_KEY?: string | undefined;
  TEMPORAL_TLS_SERVER_CA_FILE?: string | undefined;
  TEMPORAL_TLS_CERT_FILE?: string | undefined;
  PUBLIC_URL?: string | undefined;
  TEMPORAL_UI_URL?: string | undefined;
  WHATSAPP_GRAPH_URL?: string | undefined;
  INSTAGRAM_GRAPH_URL?: string | undefined;
  OPENAI_BASE_URL?: string | undefined;
}

/** A link to another machine on which everybody on the way can read along (policy S1). */
export interface ClearTextLink {
  setting: keyof Links;
  host: string;
  /** How to protect it. */
  remedy: string;
}

const PAGES_AND_APIS = [
  'PUBLIC_URL',
  'TEMPORAL_UI_URL',
  'WHATSAPP_GRAPH_URL',
  'INSTAGRAM_GRAPH_URL',
  'OPENAI_BASE_URL',
] as const;

/** The links among these settings that leave this machine without TLS, or with a certificate that nobody checks. */
export function clearTextLinks(settings: Links): ClearTextLink[] {
  return [
    linkToDatabase(settings),
    linkToTemporal(settings),
    ...PAGES_AND_APIS.map((setting) => linkToAddress(setting, settings[setting])),
  ]
    .filter((link) => link !== null)
    .map((link) => ({ ...link, host: plainHost(link.host) }))
    .filter(({ host }) => !isOnThisMachine(host));
}

/** Says once which links a private network is trusted with. Links outside of one were refused before. */
export function tellClearTextLinks(settings: Links, log: Log): void {
  const names = clearTextLinks(settings).map(({ setting }) => setting);
  if (names.length === 0) return;
  log.warn(
    { event: 'links in clear text', count: names.length },
    `not encrypted, because PRIVATE_HOSTS says that nobody else is on the way: ${names.join(', ')}`,
  );
}

function linkToDatabase({ DATABASE_URL: given }: Links): ClearTextLink | null {
  const link = given === undefined ? null : linkToPostgres(given);
  if (link === null || link.isProtected) return null;
  return { setting: 'DATABASE_URL', host: link.host, remedy: 'add sslmode=verify-full' };
}

function linkToTemporal(settings: Links): ClearTextLink | null {
  const { TEMPORAL_ADDRESS: address } = settings;
  const hasTls =
    settings.TEMPORAL_API_KEY ??
    settings.TEMPORAL_TLS_SERVER_CA_FILE ??
    settings.TEMPORAL_TLS_CERT_FILE;
  if (address === undefined || hasTls !== undefined) return null;
  const { hostname: host } = new URL(`http://${address}`);
  return {
    setting: 'TEMPORAL_ADDRESS',
    host,
    remedy: 'set TEMPORAL_TLS_SERVER_CA_FILE or TEMPORAL_API_KEY',
  };
}

function linkToAddress(setting: keyof Links, address: string | undefined): ClearTextLink | null {
  if (address === undefined) return null;
  const { protocol, hostname: host } = new URL(address);
  return protocol === 'https:' ? null : { setting, host, remedy: 'give an https address' };
}

/** A host as it is compared: in small letters, an IPv6 address without the brackets of a URL. */
export function plainHost(host: string): string {
  return host.toLowerCase().replaceAll(/[[\]]/g, '');
}

function isOnThisMachine(host: string): boolean {
  return isThisMachine(`http://${host.includes(':') ? `[${host}]` : host}`);
}
