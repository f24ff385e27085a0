import path from 'node:path';
import { runningEmbeddedAddress } from '../local/postgres/embedded-address.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const CHECKOUT = path.resolve(import.meta.dirname, '..');

/** A file of the installation that `npm start` keeps in DATA_DIR, for whoever checks it with nothing configured. */
export function localFile(environment: Environment, name: string): string {
  return path.join(path.resolve(environment['DATA_DIR'] || path.join(CHECKOUT, '.data')), name);
}

/** The database of a running `npm start`; null when none runs. */
export function localDatabase(environment: Environment): string | null {
  return runningEmbeddedAddress(localFile(environment, 'postgres'), 'mayfly');
}
