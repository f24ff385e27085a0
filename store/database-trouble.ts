import { SettingsError } from '../lib/config.ts';
import { codeOf, OutsideError } from '../lib/outside-error.ts';

const REFUSED_PASSWORD = ['28P01', '28000'];
const UNKNOWN_HOST = ['ENOTFOUND', 'EAI_AGAIN'];
const NO_ANSWER =
  /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|EACCES|08\d{3}|57P0\d|53300)$/;
const NOT_MIGRATED = ['42P01', '3F000', '42703'];
/** As Node says it where it gives no code. */
const UNTRUSTED =
  /self-signed certificate|verify the first certificate|issuer certificate|certificate's altnames/;
const NO_CERTIFICATE = /^(?:ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** In one sentence, which setting has to do with an error of the database's and what to do; null when none has. */
export function databaseTrouble(error: unknown): SettingsError | OutsideError | null {
  if (error instanceof SettingsError) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : '';
  if (message.includes('unsupported startup parameter'))
    return new SettingsError(
      'The pooler that DATABASE_URL leads to refuses a parameter of the connection: see "Poolers" in docs/deployment.md.',
    );
  if (REFUSED_PASSWORD.includes(code))
    return new SettingsError(
      `Postgres refuses the user or the password in DATABASE_URL (${code}): correct it here or there.`,
    );
  if (code === '3D000')
    return new SettingsError(
      'The database that DATABASE_URL names does not exist (3D000): make it, or correct the name.',
    );
  if (code === '42501')
    return new SettingsError(
      'The role in DATABASE_URL has no right to this (42501): see "Database rights" in docs/deployment.md.',
    );
  if (NOT_MIGRATED.includes(code))
    return new OutsideError(
      `The database that DATABASE_URL names is not of this version (${code}): run "npm run migrate".`,
    );
  return linkTrouble(code, message);
}

function linkTrouble(code: string, message: string): SettingsError | OutsideError | null {
  if (message.includes('does not support SSL'))
    return new SettingsError(
      'The Postgres that DATABASE_URL names offers no TLS: turn it on there, or correct sslmode.',
    );
  if (NO_CERTIFICATE.test(code) || UNTRUSTED.test(message))
    return new SettingsError(
      `The certificate of the Postgres that DATABASE_URL names is not accepted (${code || 'TLS'}): sslrootcert names its CA, and the host must be the one it was made for.`,
    );
  if (UNKNOWN_HOST.includes(code))
    return new OutsideError(
      `The host in DATABASE_URL is not known here (${code}): correct it, or see to the name service.`,
    );
  if (NO_ANSWER.test(code) || /timeout|Connection terminated/.test(message))
    return new OutsideError(
      `No Postgres serves at the address in DATABASE_URL (${code || 'no answer in time'}): start it, or correct the address.`,
    );
  return null;
}
