import net from 'node:net';
import type { AddressInfo } from 'node:net';

import type { Channel } from '../../../domain/channels.ts';
import { createGraphClient } from '../../../lib/meta/graph-client.ts';
import type { GraphClient, SendTextRequest } from '../../../lib/meta/graph-client.ts';
import { startFakeMeta } from '../../fakes/meta/fake-meta.ts';
import type { FakeMeta } from '../../fakes/meta/fake-meta.ts';

/** One valid text for each channel. */
export const REQUESTS: Record<Channel, SendTextRequest> = {
  whatsapp: {
    channel: 'whatsapp',
    account: '106540352242922',
    to: { kind: 'whatsapp phone', value: '+16505551234' },
    text: 'Hello',
    token: 'delivery-1',
  },
  instagram: {
    channel: 'instagram',
    account: '17841400000000000',
    to: { kind: 'instagram user id', value: '200000000000001' },
    text: 'Hello',
    token: 'delivery-1',
  },
};

export const NOT_SENT = {
  kind: 'not sent',
  reason: 'connection failed',
  retryAfterMs: null,
  code: null,
};

// Registered where this is imported: what a test opens is closed after it.
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Closed after the test, as everything below. */
export function clientOf(url: string, timeoutMs = 5000): GraphClient {
  const client = createGraphClient({
    graphUrls: { instagram: url, whatsapp: url },
    accessTokens: { instagram: 'token', whatsapp: 'token' },
    timeoutMs,
  });
  cleanups.push(() => client.close());
  return client;
}

export async function fakeMeta(): Promise<FakeMeta> {
  const meta = await startFakeMeta();
  cleanups.push(() => meta.close());
  return meta;
}

/** A server that knows no HTTP: `answer` writes what it likes once the first bytes are there, or never. */
export async function rawServer(
  answer: (socket: net.Socket) => void,
): Promise<{ port: number; received: () => string }> {
  let received = '';
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, received: () => received };
}
