import { CHANNELS } from '../../../domain/channels.ts';
import { startFakeMeta } from '../../fakes/meta/fake-meta.ts';
import { NOT_SENT, REQUESTS, clientOf, fakeMeta, rawServer } from './graph-setup.ts';

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
      expect(await clientOf(meta.url.replace('http:', 'https:')).sendText(request)).toEqual(
        NOT_SENT,
      );
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
      expect(await clientOf(url).sendText({ ...request, signal: controller.signal })).toEqual(
        NOT_SENT,
      );
      expect(received()).not.toContain('POST');
    });
  });
});
