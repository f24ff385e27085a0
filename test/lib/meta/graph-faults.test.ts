import net from 'node:net';
import type { AddressInfo } from 'node:net';

import { CHANNELS } from '../../../domain/channels.ts';
import { createGraphClient } from '../../../lib/meta/graph-client.ts';
import type { GraphClient, SendTextRequest } from '../../../lib/meta/graph-client.ts';
import { startFakeMeta } from '../../fakes/meta/fake-meta.ts';
import type { FakeMeta } from '../../fakes/meta/fake-meta.ts';

const REQUESTS: Record<(typeof CHANNELS)[number], SendTextRequest> = {
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

const NOT_SENT = { kind: 'not sent', reason: 'connection failed', retryAfterMs: null, code: null };
const NO_ANSWER = { kind: 'ambiguous', reason: 'no answer', code: null };
const NOT_UNDERSTOOD = { kind: 'ambiguous', reason: 'answer not understood', code: null };
const SERVER_ERROR = { kind: 'ambiguous', reason: 'server error', code: null };

/** What either channel takes for an acceptance. */
const ACCEPTANCE = { message_id: 'id-1', messages: [{ id: 'id-1' }] };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function clientOf(url: string, timeoutMs = 5000): GraphClient {
  const client = createGraphClient({
    graphUrls: { instagram: url, whatsapp: url },
    accessTokens: { instagram: 'token', whatsapp: 'token' },
    timeoutMs,
  });
  cleanups.push(() => client.close());
  return client;
}

async function fakeMeta(): Promise<FakeMeta> {
  const meta = await startFakeMeta();
  cleanups.push(() => meta.close());
  return meta;
}

/** A server that knows no HTTP: `answer` writes what it likes once the first bytes are there, or never. */
async function rawServer(answer: (socket: net.Socket) => void): Promise<{ port: number; received: () => string }> {
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

describe.each(CHANNELS)('on %s', (channel) => {
  const request = REQUESTS[channel];

  describe('before a byte has left, nothing is sent', () => {
    test('when the connection is refused', async () => {
      const meta = await startFakeMeta();
      await meta.close();
      expect(await clientOf(meta.url).sendText(request)).toEqual(NOT_SENT);
    });

    test('when the name does not resolve', async () => {
      expect(await clientOf('http://graph.invalid/v25.0').sendText(request)).toEqual(NOT_SENT);
    });

    test('when TLS fails because the other side does not speak it', async () => {
      const meta = await fakeMeta();
      expect(await clientOf(meta.url.replace('http:', 'https:')).sendText(request)).toEqual(NOT_SENT);
      expect(meta.sent).toEqual([]);
    });

    test('when TLS is not established in time', async () => {
      const { port, received } = await rawServer(() => {});
      const url = `https://127.0.0.1:${port}/v25.0`;
      expect(await clientOf(url, 200).sendText(request)).toEqual(NOT_SENT);
      expect(received()).not.toContain('POST');
    });

    test('when the caller gives up beforehand', async () => {
      const meta = await fakeMeta();
      const signal = AbortSignal.abort();
      expect(await clientOf(meta.url).sendText({ ...request, signal })).toEqual(NOT_SENT);
      expect(meta.connections()).toBe(0);
    });

    test('when the caller gives up while the connection is being made', async () => {
      const controller = new AbortController();
      const { port, received } = await rawServer(() => controller.abort());
      const url = `https://127.0.0.1:${port}/v25.0`;
      expect(await clientOf(url).sendText({ ...request, signal: controller.signal })).toEqual(NOT_SENT);
      expect(received()).not.toContain('POST');
    });
  });

  describe('after the first byte, nobody can tell', () => {
    test.each([
      ['drop before reading', NO_ANSWER, 0],
      ['execute then drop', NO_ANSWER, 1],
      ['execute then 500', SERVER_ERROR, 1],
      ['execute then cut body', NO_ANSWER, 1],
    ] as const)('when Meta does this: %s', async (behaviour, outcome, sent) => {
      const meta = await fakeMeta();
      meta.plan(behaviour);
      expect(await clientOf(meta.url).sendText(request)).toEqual(outcome);
      expect(meta.sent).toHaveLength(sent);
    });

    test.each([
      ['execute then hang', 1],
      ['hang', 0],
      [{ slowMs: 2000 }, 1],
    ] as const)('when no answer comes in time: %j', async (behaviour, sent) => {
      const meta = await fakeMeta();
      meta.plan(behaviour);
      expect(await clientOf(meta.url, 300).sendText(request)).toEqual(NO_ANSWER);
      expect(meta.sent).toHaveLength(sent);
    });

    test('when a connection that is used again is reset before an answer', async () => {
      const meta = await fakeMeta();
      const client = clientOf(meta.url);
      expect(await client.sendText(request)).toMatchObject({ kind: 'accepted' });
      meta.plan('drop before reading');
      expect(await client.sendText(request)).toEqual(NO_ANSWER);
      expect(meta.connections()).toBe(1);
      expect(await client.sendText(request)).toMatchObject({ kind: 'accepted' });
    });

    test('when the connection is reset in the middle of the request', async () => {
      const { port } = await rawServer((socket) => socket.resetAndDestroy());
      const text = 'Hello '.repeat(200_000);
      expect(await clientOf(`http://127.0.0.1:${port}`).sendText({ ...request, text })).toEqual(NO_ANSWER);
    });

    test('when the caller gives up while Meta works', async () => {
      const meta = await fakeMeta();
      const controller = new AbortController();
      meta.plan('execute then hang');
      meta.onAccepted(() => controller.abort());
      expect(await clientOf(meta.url).sendText({ ...request, signal: controller.signal })).toEqual(NO_ANSWER);
      expect(meta.sent).toHaveLength(1);
    });
  });

  describe('a whole answer that makes no sense is ambiguous', () => {
    test.each([
      ['a success that is not JSON', { status: 200, body: '<html></html>' }, NOT_UNDERSTOOD],
      ['a success without an id', { status: 200, body: { success: true } }, NOT_UNDERSTOOD],
      ['a success with an empty list', { status: 200, body: { messages: [] } }, NOT_UNDERSTOOD],
      ['a success with an empty id', { status: 200, body: { message_id: '', messages: [{ id: '' }] } }, NOT_UNDERSTOOD],
      ['an empty success', { status: 200, body: '' }, NOT_UNDERSTOOD],
      ['a redirection', { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } }, NOT_UNDERSTOOD],
      ['a refusal that is not of Meta', { status: 403, body: '<html></html>' }, NOT_UNDERSTOOD],
      ['a gateway that is down', { status: 502, body: '<html></html>' }, SERVER_ERROR],
      ['an answer over 64 KB', { status: 200, body: { ...ACCEPTANCE, more: 'x'.repeat(64 * 1024) } }, NOT_UNDERSTOOD],
    ] as const)('%s', async (_, behaviour, outcome) => {
      const meta = await fakeMeta();
      meta.plan(behaviour);
      expect(await clientOf(meta.url).sendText(request)).toEqual(outcome);
    });

    test.each([
      ['bytes that are not HTTP', 'SSH-2.0-OpenSSH_9.9\r\n', NOT_UNDERSTOOD],
      ['a header without an end', 'HTTP/1.1 200 OK\r\ncontent-type: appl', NO_ANSWER],
      ['a switch to another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', NO_ANSWER],
      ['a chunk of no known length', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', NOT_UNDERSTOOD],
    ])('%s', async (_, answer, outcome) => {
      const { port } = await rawServer((socket) => socket.end(answer));
      expect(await clientOf(`http://127.0.0.1:${port}`).sendText(request)).toEqual(outcome);
    });
  });

  test('an answer within the time is accepted, however slow', async () => {
    const meta = await fakeMeta();
    meta.plan({ slowMs: 200 });
    expect(await clientOf(meta.url).sendText(request)).toEqual({
      kind: 'accepted',
      providerId: meta.sent[0]?.providerId,
    });
  });

  test('an answer of nearly 64 KB is read', async () => {
    const meta = await fakeMeta();
    meta.plan({ status: 200, body: { ...ACCEPTANCE, more: 'x'.repeat(63 * 1024) } });
    expect(await clientOf(meta.url).sendText(request)).toEqual({ kind: 'accepted', providerId: 'id-1' });
  });

  test('an answer that ends with the connection is whole', async () => {
    const answer = `HTTP/1.0 200 OK\r\n\r\n${JSON.stringify(ACCEPTANCE)}`;
    const { port } = await rawServer((socket) => socket.end(answer));
    const outcome = await clientOf(`http://127.0.0.1:${port}`).sendText(request);
    expect(outcome).toEqual({ kind: 'accepted', providerId: 'id-1' });
  });
});
