import { LOCAL_DATABASE } from './local-database.ts';
import { readFileSync } from 'node:fs';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './postgres/embedded-server.ts';
import type { ProcessRecord } from './process-record.ts';
import { portInUse } from './free-port.ts';
import { PortTaken, portTaken, type Running, type Service } from './service.ts';

const TAIL_LINES = 20;

/** The embedded Postgres, with the service's database in it. */
export interface PostgresService extends Service {
  /** Known once it is ready. */
  connectionString(): string;
}

/** PostgreSQL in `dataDir`, for as long as this runs. */
export function postgresService(options: {
  dataDir: string;
  port: number;
  record: ProcessRecord;
  report: (line: string) => void;
}): PostgresService {
  let server: EmbeddedPostgres | null = null;
  return {
    name: 'Postgres',
    start: async () => {
      server = await startEmbeddedPostgres({ ...options, detached: true }).catch(
        async (error: unknown) => {
          const port = await portInUse([options.port]);
          if (port === null) throw error;
          throw new PortTaken(portTaken('Postgres', port));
        },
      );
      const { pid } = server;
      // SIGINT is Postgres's word for stopping without waiting for sessions to end by themselves.
      options.record.add({ name: 'Postgres', pid, stopSignal: 'SIGINT' });
      server.exited.finally(() => options.record.remove(pid)).catch(() => undefined);
      return running(server);
    },
    ready: async () => server?.ensureDatabase(LOCAL_DATABASE),
    connectionString: () => {
      if (server === null) throw new Error('Postgres: asked for its address before it was ready');
      return server.connectionString(LOCAL_DATABASE);
    },
  };
}

function running(server: EmbeddedPostgres): Running {
  return {
    exited: server.exited,
    lastLines: () => readFileSync(server.logFile, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES),
    lastError: () => null,
    stop: () => server.stop(),
    kill: () => server.kill(),
  };
}
