import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { EMBEDDED_ROLE, prepareCluster } from './embedded-cluster.ts';
import { createLauncher, type Launcher } from './embedded-launcher.ts';
import { openLog } from './embedded-log.ts';
import { clearPostmaster } from './embedded-postmaster.ts';
import { untilReady } from './embedded-readiness.ts';
import { postmasterArguments } from './embedded-settings.ts';

/**
 * PostgreSQL 18 does not end when it is told to while it repairs itself after a crash (seen with 18.4), so patience is short.
 * Ending it at once loses nothing: the next start repairs.
 */
const FAST_STOP_MS = 15_000;
const IMMEDIATE_STOP_MS = 10_000;

/** How to start an embedded server. */
export interface EmbeddedPostgresOptions {
  /** Absolute. The password and the log lie beside it, in its parent folder. */
  dataDir: string;
  /** On the loopback interface. */
  port: number;
  /** Gets one line for each thing worth telling a person. */
  report: (line: string) => void;
  /** False, for tests alone, trades safety after a crash for speed. */
  durable?: boolean;
  /** True keeps a Ctrl-C in the terminal away from the server: the program that started it then stops it. */
  detached?: boolean;
}

/** A running server on 127.0.0.1. */
export interface EmbeddedPostgres {
  port: number;
  pid: number;
  logFile: string;
  /** Holds the password: never to be logged. */
  connectionString(database: string): string;
  /** Makes the database when it does not exist yet. */
  ensureDatabase(name: string): Promise<void>;
  /** Settles when the server's process is gone, for whatever reason. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Ends sessions, writes a checkpoint, and returns when the process is gone. */
  stop(): Promise<void>;
  /** Ends the server at once; its next start recovers. */
  kill(): void;
}

/**
 * Starts PostgreSQL on `dataDir`, making it first when it is new, and returns when a connection works.
 * A server that already runs on this folder has lost its parent and is stopped first.
 * Throws one line that says what is wrong: the port is in use, the folder belongs to somebody else, and so on.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { dataDir, port, report, durable = true } = options;
  await mkdir(path.dirname(dataDir), { recursive: true, mode: 0o700 });
  const launcher = await createLauncher(dataDir);
  await clearPostmaster(dataDir, launcher, report);
  const password = await prepareCluster(dataDir, launcher, { durable, report });
  await expectFree(port);

  const log = openLog(path.join(path.dirname(dataDir), 'postgres.log'));
  const child = spawnPostmaster(launcher, postmasterArguments({ dataDir, port, durable }), {
    log: log.descriptor,
    detached: options.detached ?? false,
  });
  log.close();
  const connectionString = (database: string) =>
    `postgresql://${EMBEDDED_ROLE}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}?sslmode=disable`;
  const server = runningServer(child, { port, logFile: log.file, connectionString });
  try {
    await untilReady(server, report, log.size);
  } catch (error) {
    server.kill();
    await server.exited;
    throw error;
  }
  return server;
}

function spawnPostmaster(
  launcher: Launcher,
  args: string[],
  options: { log: number; detached: boolean },
): ChildProcess {
  const launch = launcher.launch(launcher.programs.postgres, args);
  return spawn(launch.file, launch.args, {
    ...launch.options,
    detached: options.detached,
    stdio: ['ignore', options.log, options.log],
  });
}

function runningServer(
  child: ChildProcess,
  known: Pick<EmbeddedPostgres, 'port' | 'logFile' | 'connectionString'>,
): EmbeddedPostgres {
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const gone = () => child.exitCode !== null || child.signalCode !== null;
  const goneWithin = (ms: number) =>
    Promise.race([exited.then(() => true), pause(ms, false, { ref: false })]);
  return {
    ...known,
    pid: child.pid ?? 0,
    exited,
    ensureDatabase: (name) => ensureDatabase(known.connectionString('postgres'), name),
    stop: async () => {
      if (gone()) {
        return;
      }
      child.kill('SIGINT');
      if (await goneWithin(FAST_STOP_MS)) {
        return;
      }
      child.kill('SIGQUIT');
      if (!(await goneWithin(IMMEDIATE_STOP_MS))) {
        child.kill('SIGKILL');
        await exited;
      }
    },
    kill: () => {
      child.kill('SIGQUIT');
    },
  };
}

async function ensureDatabase(maintenance: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: maintenance });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    }
  } finally {
    await client.end();
  }
}

/** Asked before the start, because the answer is then one clear line; Postgres's own refusal is the second net. */
async function expectFree(port: number): Promise<void> {
  const probe = createServer();
  probe.listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (error) {
    throw new Error(`Postgres: port ${port} is in use: stop what uses it or choose another port`, {
      cause: error,
    });
  }
  probe.close();
  await once(probe, 'close');
}
