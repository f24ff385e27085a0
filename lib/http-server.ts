import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SettingsError } from './config.ts';
import { codeOf, OutsideError } from './outside-error.ts';

export interface RunningServer {
  port: number;
  /** Stops taking requests, lets those under way end, then closes what is left. */
  close(): Promise<void>;
}

const DRAIN_MS = 10_000;

/** Where to listen, and which setting gave the port. */
export interface ListenOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  setting?: 'PORT' | 'METRICS_PORT' | 'WORKER_HEALTH_PORT';
}

/** Listens on an address of this machine. Fails in one sentence when that cannot be had. */
export async function listen(
  handler: RequestListener,
  { host, port, setting = 'PORT' }: ListenOptions,
): Promise<RunningServer> {
  const server = createServer(handler);
  // Slow senders must not hold connections for ever.
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenTrouble(error, setting)));
    server.listen(port, host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

function listenTrouble(error: Error, setting: string): Error {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new OutsideError(
        `The port in ${setting} is in use (EADDRINUSE): stop what uses it, or set another.`,
      );
    case 'EACCES':
      return new SettingsError(
        `This user may not listen on the port in ${setting} (EACCES): set one above 1023.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new SettingsError(
        `The address in HOST is none of this machine (${codeOf(error)}): correct it.`,
      );
    default:
      return error;
  }
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(deadline);
}
