import { CHANNELS } from '../../../domain/channels.ts';
import { startGraphWorld, TO } from './graph-world.ts';
import type { GraphWorld } from './graph-world.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld();
});
afterEach(() => world.close());

describe('a fault meets the next text, once', () => {
  const order = (channel: string, fault: string) =>
    world.simulator.act('fault', { channel, fault });

  test.each(CHANNELS)(
    'the answer is lost on %s: the text arrives, its reports follow, and our client knows nothing',
    async (channel) => {
      await order(channel, 'answer lost');
      expect(await world.sendText(channel)).toEqual({
        kind: 'ambiguous',
        reason: 'no answer',
        code: null,
      });
      expect(await world.page.message(({ from }) => from === 'business')).toMatchObject({
        text: 'We are open.',
      });
      await world.simulator.webhook(
        ({ event }) => event?.type === (channel === 'whatsapp' ? 'status' : 'echo'),
      );
      expect((await world.sendText(channel)).kind).toBe('accepted');
    },
  );

  test.each([
    ['server error', 'instagram', { kind: 'ambiguous', reason: 'server error', code: 2 }],
    ['server error', 'whatsapp', { kind: 'ambiguous', reason: 'server error', code: 2 }],
    [
      'rate limited',
      'instagram',
      { kind: 'not sent', reason: 'throttled', retryAfterMs: 2000, code: 613 },
    ],
    [
      'rate limited',
      'whatsapp',
      { kind: 'not sent', reason: 'throttled', retryAfterMs: 2000, code: 130429 },
    ],
    ['token expired', 'instagram', { kind: 'not sent', reason: 'token refused', code: 190 }],
    ['token expired', 'whatsapp', { kind: 'not sent', reason: 'token refused', code: 190 }],
  ] as const)(
    '%s on %s: nothing arrives, and our client reads it as what it is',
    async (fault, channel, outcome) => {
      await order(channel, fault);
      await world.page.event(
        (one) => one.type === 'fault' && one.channel === channel && one.fault === fault,
      );
      expect(await world.sendText(channel)).toMatchObject(outcome);
      expect((await world.simulator.events()).snapshot).toMatchObject({
        messages: [],
        faults: { [channel]: 'none' },
      });
      expect((await world.sendText(channel)).kind).toBe('accepted');
    },
  );

  test('the other channel and a read receipt do not use it up', async () => {
    await world.simulator.act('send', { phone: world.page.phone('instagram').id, text: 'Hello?' });
    await order('instagram', 'token expired');
    expect((await world.sendText('whatsapp')).kind).toBe('accepted');
    const providerId = (world.simulator.received[0]!.event as { providerId: string }).providerId;
    expect(
      await world.client.showReading({ channel: 'instagram', ...TO.instagram, providerId }),
    ).toBe('shown');
    expect((await world.sendText('instagram')).kind).toBe('not sent');
  });
});
