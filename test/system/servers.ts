import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../local/postgres/embedded-server.ts';
import { findTemporalCli } from '../../local/temporal/temporal-binaries.ts';
import { openDataFolder } from '../../local/data-folder.ts';
import { createProcessRecord, type ProcessRecord } from '../../local/process-record.ts';
import { databaseArguments } from '../../local/temporal-service.ts';
import { controlledProcess, type ControlledProcess } from './controlled-process.ts';
import { freePorts } from './free-ports.ts';

/** A Postgres and a Temporal dev server with all they keep in one data folder, as `npm start` has them. */
export interface Servers {
  /** DATA_DIR. */
  folder: string;
  postgres: ControlledProcess;
  temporal: ControlledProcess;
  temporalAddress: string;
  /** Holds the password. */
  connectionString(database: string): string;
  ensureDatabase(name: string): Promise<void>;
  /** Ends both, and removes the folder. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Temporal namespaces that exist from the start: a new one is known to the server only seconds later. */
  namespaces: readonly string[];
  /** An existing, empty folder in place of a temporary one. */
  folder?: string;
}

/** After a run that was killed, the next one stops and removes what bears this name: see test/support/test-servers.ts. */
const FOLDER_PREFIX = 'mayfly-servers-';

export async function startServers({ namespaces, folder: given }: ServerOptions): Promise<Servers> {
  const folder = given ?? mkdtempSync(path.join(tmpdir(), FOLDER_PREFIX));
  openDataFolder(folder);
  const record = createProcessRecord(path.join(folder, 'processes.json'));
  mkdirSync(path.join(folder, 'logs'), { recursive: true, mode: 0o700 });
  const [postgresPort = 0, temporalPort = 0, temporalHttpPort = 0] = await freePorts(3);
  const { process: postgres, server } = controlledPostgres(folder, postgresPort, record);
  const ports = { grpc: temporalPort, http: temporalHttpPort };
  const temporal = controlledTemporal({
    folder,
    ports,
    namespaces,
    record,
    command: await findTemporalCli(tell),
  });
  await Promise.all([postgres.start(), temporal.start()]);
  return {
    folder,
    postgres,
    temporal,
    temporalAddress: `127.0.0.1:${temporalPort}`,
    connectionString: (database) => server().connectionString(database),
    ensureDatabase: (name) => server().ensureDatabase(name),
    close: async () => {
      temporal.thaw();
      await Promise.all([temporal.kill(), postgres.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Durable as in production: what was committed must outlive a kill -9. */
function controlledPostgres(folder: string, port: number, record: ProcessRecord) {
  let server: EmbeddedPostgres | null = null;
  let isGone = true;
  const known = () => {
    if (server === null) throw new Error('Postgres was not started');
    return server;
  };
  const start = async () => {
    server = await startEmbeddedPostgres({
      dataDir: path.join(folder, 'postgres'),
      port,
      report: () => undefined,
      detached: true,
    });
    isGone = false;
    record.add({ name: 'Postgres', pid: server.pid, stopSignal: 'SIGINT' });
    void server.exited.then(() => (isGone = true));
  };
  const process: ControlledProcess = {
    name: 'postgres',
    start,
    isRunning: () => !isGone,
    exited: () => known().exited,
    kill: async () => {
      if (!isGone) globalThis.process.kill(known().pid, 'SIGKILL');
      return known().exited;
    },
    stop: async () => {
      await known().stop();
      return known().exited;
    },
    // Its sessions are processes of their own, and would go on.
    freeze: () => {
      throw new Error('Postgres cannot be halted by one signal');
    },
    thaw: () => undefined,
    ask: () => {
      throw new Error('Postgres has no channel');
    },
  };
  return { process, server: known };
}

function controlledTemporal(options: {
  folder: string;
  ports: { grpc: number; http: number };
  namespaces: readonly string[];
  record: ProcessRecord;
  command: string;
}): ControlledProcess {
  const { folder, ports, namespaces } = options;
  const home = path.join(folder, 'temporal');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return controlledProcess({
    name: 'temporal',
    command: options.command,
    args: [
      ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--log-level', 'warn'],
      ...['--port', String(ports.grpc), '--http-port', String(ports.http)],
      ...databaseArguments(path.join(home, 'temporal.db')),
      ...namespaces.flatMap((namespace) => ['--namespace', namespace]),
    ],
    cwd: home,
    environment: () => ({ PATH: process.env['PATH'], HOME: home }),
    logFile: path.join(folder, 'logs', 'temporal.log'),
    readyUrls: namespaces.map(
      (namespace) => `http://127.0.0.1:${ports.http}/api/v1/namespaces/${namespace}`,
    ),
    isNode: false,
    onSpawned: (pid) => options.record.add({ name: 'Temporal', pid, stopSignal: 'SIGTERM' }),
  });
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
