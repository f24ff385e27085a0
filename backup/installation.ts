import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { checkpointFileOf } from '../lib/checkpoint-file.ts';
import { readSettings } from '../lib/config.ts';
import { backupKeyFileOf } from '../lib/crypto/backup-keys.ts';
import { erasureListFileOf } from '../lib/erasure-list.ts';
import { runningEmbeddedAddress } from '../local/postgres/embedded-address.ts';
import { startEmbeddedPostgres } from '../local/postgres/embedded-server.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const CHECKOUT = path.resolve(import.meta.dirname, '..');
const DATABASE = 'mayfly';

/** Where everything is that a backup is made of. */
export interface Installation {
  databaseUrl: string;
  ringFile: string;
  rootKeyFile: string;
  signingKeyFile: string;
  backupKeyFile: string;
  checkpointFile: string;
  erasureListFile: string;
  close(): Promise<void>;
}

/**
 * The installation that the settings mean, or, where they mean none, the one that `npm start` keeps in DATA_DIR; its
 * Postgres is started for as long as this needs it, when it does not run, and made when it is lost and `makesDatabase`.
 */
export async function openInstallation(
  environment: Environment,
  options: { makesDatabase: boolean; report: (line: string) => void },
): Promise<Installation> {
  const given = readSettings(environment, [
    'BACKUP_KEY_FILE',
    'LEDGER_CHECKPOINT_FILE',
    'ERASURE_LIST_FILE',
  ]);
  const dataDir = path.resolve(environment['DATA_DIR'] || path.join(CHECKOUT, '.data'));
  const fileOf = (setting: string, name: string) =>
    environment[setting] || path.join(dataDir, 'keys', name);
  const keys = {
    KEY_RING_FILE: fileOf('KEY_RING_FILE', 'key-ring'),
    ROOT_KEY_FILE: fileOf('ROOT_KEY_FILE', 'root-key'),
  };
  const database = await openDatabase(environment, path.join(dataDir, 'postgres'), options);
  return {
    ...database,
    ringFile: keys.KEY_RING_FILE,
    rootKeyFile: keys.ROOT_KEY_FILE,
    signingKeyFile: fileOf('SIGNING_KEY_FILE', 'signing-keys.json'),
    backupKeyFile: backupKeyFileOf({ ...given, ...keys }),
    checkpointFile: checkpointFileOf({ ...given, ...keys }),
    erasureListFile: erasureListFileOf({ ...given, ...keys }),
  };
}

async function openDatabase(
  environment: Environment,
  postgres: string,
  { makesDatabase, report }: { makesDatabase: boolean; report: (line: string) => void },
): Promise<Pick<Installation, 'databaseUrl' | 'close'>> {
  const close = () => Promise.resolve();
  if (environment['DATABASE_URL'] || environment['DATABASE_URL_FILE'])
    return { databaseUrl: readSettings(environment, ['DATABASE_URL']).DATABASE_URL, close };
  const running = runningEmbeddedAddress(postgres, DATABASE);
  if (running !== null) return { databaseUrl: running, close };
  if (!makesDatabase && !existsSync(postgres))
    throw new Error(
      `There is no database: set DATABASE_URL, or DATA_DIR to the folder of an npm start (${postgres} is not there)`,
    );
  report('starting Postgres for as long as this takes');
  const server = await startEmbeddedPostgres({ dataDir: postgres, port: await freePort(), report });
  await server.ensureDatabase(DATABASE);
  return { databaseUrl: server.connectionString(DATABASE), close: () => server.stop() };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
