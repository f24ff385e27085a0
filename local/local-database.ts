import { existsSync } from 'node:fs';
import { tryPort } from './free-port.ts';
import { runningEmbeddedAddress } from './postgres/embedded-address.ts';
import { startEmbeddedPostgres } from './postgres/embedded-server.ts';

/** What a command needs of the database that `npm start` keeps. */
export type DatabaseNeed = 'only if it runs' | 'as it is' | 'made if it is lost';

/** Holds the password: never to be logged. */
export interface LocalDatabase {
  url: string;
  close(): Promise<void>;
}

export const LOCAL_DATABASE = 'mayfly';

/**
 * The database in the folder of the embedded Postgres. If its server does not run, it is started for as long as this is
 * open; when the database is needed only if it runs, the answer is null instead.
 */
export async function openLocalDatabase(
  folder: string,
  { need, report }: { need: DatabaseNeed; report: (line: string) => void },
): Promise<LocalDatabase | null> {
  const running = runningEmbeddedAddress(folder, LOCAL_DATABASE);
  if (running !== null) return { url: running, close: () => Promise.resolve() };
  if (need === 'only if it runs') return null;
  if (need === 'as it is' && !existsSync(folder))
    throw new Error(
      `There is no database: set DATABASE_URL, or DATA_DIR to the folder of an npm start (${folder} is not there)`,
    );
  report('starting Postgres for as long as this takes');
  const free = await tryPort(0);
  if ('refused' in free) throw new Error(`Postgres: a port of this machine is ${free.refused}`);
  const server = await startEmbeddedPostgres({ dataDir: folder, port: free.port, report });
  await server.ensureDatabase(LOCAL_DATABASE);
  return { url: server.connectionString(LOCAL_DATABASE), close: () => server.stop() };
}
