import { CHANNELS } from '../../../domain/channels.ts';
import { REQUESTS, clientOf, fakeMeta, rawServer } from './graph-setup.ts';

const NO_ANSWER = { kind: 'ambiguous', reason: 'no answer', code: null };
const NOT_UNDERSTOOD = { kind: 'ambiguous', reason: 'answer not understood', code: null };
const SERVER_ERROR = { kind: 'ambiguous', reason: 'server error', code: null };

/** What either channel takes for an acceptance. */
const ACCEPTANCE = { message_id: 'id-1', messages: [{ id: 'id-1' }] };

describe.each(CHANNELS)('on %s', (channel) => {
  const request = REQUESTS[channel];

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
      [{ slowMs: 30_000 }, 1],
    ] as const)('when no answer comes in time: %j', async (behaviour, sent) => {
      const meta = await fakeMeta();
      meta.plan(behaviour);
      expect(await clientOf(meta.url, 1000).sendText(request)).toEqual(NO_ANSWER);
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
      expect(await clientOf(`http://127.0.0.1:${port}`).sendText({ ...request, text })).toEqual(
        NO_ANSWER,
      );
    });

    test('when the caller gives up while Meta works', async () => {
      const meta = await fakeMeta();
      const controller = new AbortController();
      meta.plan('execute then hang');
      meta.onAccepted(() => controller.abort());
      expect(await clientOf(meta.url).sendText({ ...request, signal: controller.signal })).toEqual(
        NO_ANSWER,
      );
      expect(meta.sent).toHaveLength(1);
    });
  });

  describe('a whole answer that makes no sense is ambiguous', () => {
    test.each([
      ['a success that is not JSON', { status: 200, body: '<html></html>' }, NOT_UNDERSTOOD],
      ['a success without an id', { status: 200, body: { success: true } }, NOT_UNDERSTOOD],
      ['a success with an empty list', { status: 200, body: { messages: [] } }, NOT_UNDERSTOOD],
      [
        'a success with an empty id',
        { status: 200, body: { message_id: '', messages: [{ id: '' }] } },
        NOT_UNDERSTOOD,
      ],
      ['an empty success', { status: 200, body: '' }, NOT_UNDERSTOOD],
      [
        'a redirection',
        { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } },
        NOT_UNDERSTOOD,
      ],
      ['a refusal that is not of Meta', { status: 403, body: '<html></html>' }, NOT_UNDERSTOOD],
      ['an id beside an error of the server', { status: 500, body: ACCEPTANCE }, SERVER_ERROR],
      ['a gateway that is down', { status: 502, body: '<html></html>' }, SERVER_ERROR],
      [
        'an answer over 64 KB',
        { status: 200, body: { ...ACCEPTANCE, more: 'x'.repeat(64 * 1024) } },
        NOT_UNDERSTOOD,
      ],
    ] as const)('%s', async (_, behaviour, outcome) => {
      const meta = await fakeMeta();
      meta.plan(behaviour);
      expect(await clientOf(meta.url).sendText(request)).toEqual(outcome);
    });

    test.each([
      ['bytes that are not HTTP', 'SSH-2.0-OpenSSH_9.9\r\n', NOT_UNDERSTOOD],
      ['a header without an end', 'HTTP/1.1 200 OK\r\ncontent-type: appl', NO_ANSWER],
      [
        'a switch to another protocol',
        'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
        NO_ANSWER,
      ],
      [
        'a chunk of no known length',
        'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
        NOT_UNDERSTOOD,
      ],
    ])('%s', async (_, answer, outcome) => {
      const { port } = await rawServer((socket) => socket.end(answer));
      // Told at once: the time allowed is longer than the test's.
      const client = clientOf(`http://127.0.0.1:${port}`, 600_000);
      expect(await client.sendText(request)).toEqual(outcome);
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
    expect(await clientOf(meta.url).sendText(request)).toEqual({
      kind: 'accepted',
      providerId: 'id-1',
    });
  });

  test('an answer that ends with the connection is whole', async () => {
    const answer = `HTTP/1.0 200 OK\r\n\r\n${JSON.stringify(ACCEPTANCE)}`;
    const { port } = await rawServer((socket) => socket.end(answer));
    const outcome = await clientOf(`http://127.0.0.1:${port}`).sendText(request);
    expect(outcome).toEqual({ kind: 'accepted', providerId: 'id-1' });
  });
});
