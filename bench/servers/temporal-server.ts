import { randomInt } from 'node:crypto';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { findTemporalCli } from '../../local/temporal/temporal-binaries.ts';
import { tryPort } from '../../local/free-port.ts';
import { databaseArguments, ONE_PARTITION } from '../../local/temporal-service.ts';
import { startProgram, untilServes } from './child.ts';
import type { Child } from './child.ts';

/** The Temporal server that a system under test uses. */
export interface TemporalServer {
  kind: 'dev server' | 'given';
  address: string;
  namespaces: { conversations: string; privacy: string };
  /** Its processes, as far as they are known, for counting CPU. */
  processes(): Record<string, number>;
  /** Bytes of its database; null when they cannot be seen from here. */
  bytes(): number | null;
  /** Null when the server is not ours to stop. */
  interruption: { stop(): Promise<void>; start(): Promise<void> } | null;
  stop(): Promise<void>;
}

const NAMESPACES = { conversations: 'conversations', privacy: 'privacy' };

/** The dev server as `npm start` runs it, with its database in `folder`. */
export async function startTemporalServer(
  folder: string,
  report: (line: string) => void,
): Promise<TemporalServer> {
  mkdirSync(folder, { recursive: true });
  const command = await findTemporalCli(report);
  const [port, httpPort] = [await freePort(), await freePort()];
  const logFile = path.join(folder, 'temporal.log');
  const start = async (): Promise<Child> => {
    const child = await startProgram({
      name: 'Temporal',
      command,
      args: serverArguments(folder, port, httpPort),
      environment: { PATH: process.env['PATH'], HOME: folder },
      isNode: false,
      givesWay: true,
      logFile,
    });
    for (const namespace of Object.values(NAMESPACES)) {
      await untilServes(
        child,
        `http://127.0.0.1:${httpPort}/api/v1/namespaces/${namespace}`,
        logFile,
      );
    }
    return child;
  };
  let child = await start();
  return {
    kind: 'dev server',
    address: `127.0.0.1:${port}`,
    namespaces: NAMESPACES,
    processes: () => ({ temporal: child.pid }),
    bytes: () => folderBytes(folder),
    interruption: {
      stop: () => child.stop(),
      start: async () => void (child = await start()),
    },
    stop: () => child.stop(),
  };
}

/**
 * The server that TEMPORAL_ADDRESS names, for example one over Postgres. Each system gets namespaces of its own.
 * BENCH_TEMPORAL_PIDS names the processes on this machine that count as the server: its own and its database's.
 */
export function givenTemporalServer(
  address: string,
  pids: string | undefined,
  suffix: string,
): TemporalServer {
  const named = (pids ?? '').split(',').filter((pid) => pid !== '');
  return {
    kind: 'given',
    address,
    namespaces: { conversations: `bench-${suffix}`, privacy: `bench-privacy-${suffix}` },
    processes: () =>
      Object.fromEntries(named.map((pid, index) => [`temporal ${index + 1}`, Number(pid)])),
    bytes: () => null,
    interruption: null,
    stop: async () => undefined,
  };
}

/**
 * A free port below those that the system gives to outgoing connections: such a connection could take it before the
 * program that is to listen on it has started.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const tried = await tryPort(randomInt(12_000, 32_000));
    if ('port' in tried) return tried.port;
  }
  throw new Error('no port is free');
}

function serverArguments(folder: string, port: number, httpPort: number): string[] {
  return [
    ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--log-level', 'error'],
    ...['--port', String(port), '--http-port', String(httpPort)],
    ...databaseArguments(path.join(folder, 'temporal.db')),
    ...ONE_PARTITION,
    ...Object.values(NAMESPACES).flatMap((namespace) => ['--namespace', namespace]),
  ];
}

function folderBytes(folder: string): number {
  const files = readdirSync(folder).filter((name) => name.startsWith('temporal.db'));
  return files.reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
}
