import { readFileSync } from 'node:fs';
import { SettingsError } from '../config.ts';
import { codeOf } from '../outside-error.ts';

/** The settings of a link to Temporal. */
export interface TemporalSettings {
  TEMPORAL_ADDRESS: string;
  TEMPORAL_API_KEY?: string | undefined;
  TEMPORAL_TLS_SERVER_CA_FILE?: string | undefined;
  TEMPORAL_TLS_CERT_FILE?: string | undefined;
  TEMPORAL_TLS_KEY_FILE?: string | undefined;
}

/** Address, TLS and key for both the client's and the worker's connection. Any TLS setting or an API key turns TLS on. */
export function connectionOptions(settings: TemporalSettings) {
  const { TEMPORAL_API_KEY: apiKey } = settings;
  const ca = readIfNamed(settings, 'TEMPORAL_TLS_SERVER_CA_FILE');
  const crt = readIfNamed(settings, 'TEMPORAL_TLS_CERT_FILE');
  const key = readIfNamed(settings, 'TEMPORAL_TLS_KEY_FILE');
  if ((crt === undefined) !== (key === undefined)) {
    // Half of a pair would otherwise be a connection without it.
    throw new SettingsError(
      'Settings: TEMPORAL_TLS_CERT_FILE and TEMPORAL_TLS_KEY_FILE belong together: set both or neither.',
    );
  }
  const clientCertPair =
    crt !== undefined && key !== undefined ? { clientCertPair: { crt, key } } : {};
  const tls = { ...(ca === undefined ? {} : { serverRootCACertificate: ca }), ...clientCertPair };
  const hasTls = Object.keys(tls).length > 0 || apiKey !== undefined;
  return {
    address: settings.TEMPORAL_ADDRESS,
    ...(hasTls ? { tls } : {}),
    ...(apiKey === undefined ? {} : { apiKey }),
  };
}

function readIfNamed(
  settings: TemporalSettings,
  name: `TEMPORAL_TLS_${string}` & keyof TemporalSettings,
): Buffer | undefined {
  const file = settings[name];
  try {
    return file === undefined ? undefined : readFileSync(file);
  } catch (error) {
    throw new SettingsError(
      `Settings: the file that ${name} names cannot be read (${codeOf(error)}).`,
    );
  }
}
