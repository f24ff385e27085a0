import { instagramText, startGraphWorld, TO, whatsAppText } from './graph-world.ts';
import type { GraphWorld } from './graph-world.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld();
});
afterEach(() => world.close());

describe('what Meta would refuse is refused, in the shape of its errors, and shown on no phone', () => {
  const wa = TO.whatsapp.account;
  const ig = TO.instagram.account;
  test.each([
    ['a WhatsApp text of 4097 characters', wa, whatsAppText('a'.repeat(4097)), 100],
    ['an Instagram text of 1001 bytes', ig, instagramText(`${'é'.repeat(500)}a`), 100],
    ['an empty text', wa, whatsAppText(' '), 100],
    ['a misspelt key', wa, { ...whatsAppText('Hi'), biz_opaque_calback_data: 'x' }, 100],
    ['a body for the other channel', ig, whatsAppText('Hi'), 100],
    [
      'no recipient',
      wa,
      { messaging_product: 'whatsapp', type: 'text', text: { body: 'Hi' } },
      100,
    ],
    [
      'a token of 513 characters',
      wa,
      { ...whatsAppText('Hi'), biz_opaque_callback_data: 'x'.repeat(513) },
      100,
    ],
    ['a body that is no object', ig, [], 100],
    ['a body that is no JSON', ig, '{"recipient"', 100],
    [
      'a receipt for an unknown message',
      wa,
      { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.AAAA' },
      131009,
    ],
    [
      'an unknown sender action',
      ig,
      { recipient: { id: '90000000000000123' }, sender_action: 'wave' },
      100,
    ],
    ['an unknown account', '123', whatsAppText('Hi'), 100],
  ])('%s', async (_what, account, body, code) => {
    const response = await world.simulator.graph(account, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code, fbtrace_id: expect.any(String) },
    });
    expect((await world.simulator.events()).snapshot.messages).toEqual([]);
  });

  test('texts at the very limits are taken', async () => {
    expect((await world.simulator.graph(wa, whatsAppText('🥐'.repeat(4096)))).status).toBe(200);
    expect((await world.simulator.graph(ig, instagramText('é'.repeat(500)))).status).toBe(200);
  });

  test.each([{}, { authorization: 'Basic abc' }, { authorization: 'Bearer ' }])(
    'no access token: %o',
    async (headers) => {
      const response = await world.simulator.graph(
        wa,
        whatsAppText('Hi'),
        headers as Record<string, string>,
      );
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: { code: 190, type: 'OAuthException' } });
    },
  );

  test('an address that does not exist', async () => {
    const headers = { authorization: 'Bearer t' };
    const response = await fetch(`${world.simulator.url}/simulator/graph/v25.0/1/2/3`, { headers });
    expect(await response.json()).toMatchObject({ error: { code: 100, error_subcode: 33 } });
  });
});

describe('the profile of a person', () => {
  const profile = async (path: string) => {
    const headers = { authorization: 'Bearer t' };
    const response = await fetch(`${world.simulator.url}/simulator/graph/v25.0/${path}`, {
      headers,
    });
    return { status: response.status, body: (await response.json()) as unknown };
  };
  test('tells the fields that were asked for, and the id', async () => {
    expect(await profile('90000000000000123?fields=username')).toEqual({
      status: 200,
      body: { id: '90000000000000123', username: 'robin.hale.123' },
    });
    expect(await profile('90000000000000123?fields=name,username')).toMatchObject({
      body: { name: 'Robin Hale', username: 'robin.hale.123' },
    });
  });
  test.each(['90000000000009999?fields=name', '90000000000000123?fields=shoe_size'])(
    '%s is an error',
    async (path) => {
      expect(await profile(path)).toMatchObject({ status: 400, body: { error: { code: 100 } } });
    },
  );
});
