import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { findTemporalCli } from '../../../local/temporal/temporal-binaries.ts';

/** Another program of this machine, which takes a port before the one that has chosen it. */
export interface Intruder {
  /** Whoever posts a port here and waits for the answer finds it taken; from the second one on it is left alone. */
  url: string;
  /** The ports that it took. */
  ports: number[];
  /** A program that is Temporal's CLI, but tells the intruder first which port it was given for `option`. */
  comesBefore(option: string): Promise<string>;
  close(): Promise<void>;
}

/** It answers every request with success, as the one in whose place it is would do. */
export async function openIntruder(folder: string): Promise<Intruder> {
  const ports: number[] = [];
  const servers: Server[] = [];
  const listen = async (port: number): Promise<Server> => {
    const server = createServer(async (request, response) => {
      if (request.method === 'POST' && ports.length === 0) {
        ports.push(Number((request.url ?? '').slice(1)));
        await listen(ports[0] ?? 0);
      }
      response.setHeader('x-intruder', 'yes');
      response.end('{}');
    });
    servers.push(server.listen(port, '127.0.0.1'));
    await once(server, 'listening');
    return server;
  };
  const { port } = (await listen(0)).address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    ports,
    comesBefore: async (option) => {
      const file = path.join(mkdtempSync(path.join(folder, 'cli-')), 'temporal');
      const cli = await findTemporalCli(() => undefined);
      const tell = `const given = process.argv; await fetch('${url}/' + given[given.indexOf('${option}') + 1], { method: 'POST' });`;
      const lines = [
        '#!/bin/sh',
        `case "$*" in *${option}*) "${process.execPath}" --input-type=module --eval "${tell}" -- "$@" || exit 1;; esac`,
        `exec "${cli}" "$@"`,
      ];
      writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o755 });
      return file;
    },
    close: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}
