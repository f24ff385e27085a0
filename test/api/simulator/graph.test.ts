import { CHANNELS } from '../../../domain/channels.ts';
import { createGraphClient } from '../../../lib/meta/graph-client.ts';
import type { GraphClient } from '../../../lib/meta/graph-client.ts';
import { startSimulator } from './running-simulator.ts';
import type { Received, RunningSimulator } from './running-simulator.ts';
import type { EventReader } from './event-reader.ts';

let simulator: RunningSimulator;
let page: EventReader;
let client: GraphClient;

beforeEach(async () => {
  simulator = await startSimulator();
  page = await simulator.events();
  const url = `${simulator.url}/simulator/graph/v25.0`;
  client = createGraphClient({
    graphUrls: { instagram: url, whatsapp: url },
    accessTokens: { instagram: 'a', whatsapp: 'b' },
    timeoutMs: 1_000,
  });
});
afterEach(async () => {
  client.close();
  await simulator.close();
});

const TO = {
  instagram: {
    account: '17840000000000000',
    to: { kind: 'instagram user id', value: '90000000000000123' },
  },
  whatsapp: { account: '100000000000000', to: { kind: 'whatsapp phone', value: '+15550100123' } },
} as const;

const sendText = (channel: 'instagram' | 'whatsapp', text = 'We are open.', token = 'token-1') =>
  client.sendText({ channel, ...TO[channel], text, token });

const statusOf = ({ event }: Received) => (event?.type === 'status' ? event.status : null);

test.each(CHANNELS)(
  'our own client sends a text on %s, and it is shown on the phone',
  async (channel) => {
    expect(await sendText(channel)).toEqual({ kind: 'accepted', providerId: expect.any(String) });
    const shown = await page.message(({ from }) => from === 'business');
    expect(shown).toMatchObject({ kind: 'text', text: 'We are open.' });
  },
);

test('WhatsApp reports sent, delivered and read, each with the token and the id of the message', async () => {
  const outcome = await sendText('whatsapp', 'Hello', 'our-token');
  const providerId = outcome.kind === 'accepted' ? outcome.providerId : '';
  await simulator.webhook((one) => statusOf(one) === 'read');
  expect(simulator.received.map(statusOf)).toEqual(['sent', 'delivered', 'read']);
  for (const { event, isSigned, parsed } of simulator.received) {
    expect(isSigned).toBe(true);
    expect(parsed.malformed).toBe(0);
    expect(event).toMatchObject({ token: 'our-token', providerId, errorCode: null });
    expect(event).toHaveProperty('person.identifiers.1.value', '+15550100123');
  }
});

test('Instagram echoes the message, and then tells that it was seen', async () => {
  const outcome = await sendText('instagram', 'Grüße');
  const providerId = outcome.kind === 'accepted' ? outcome.providerId : '';
  await simulator.webhook(({ event }) => event?.type === 'seen');
  const person = { account: TO.instagram.account, identifiers: [TO.instagram.to] };
  expect(simulator.received.map(({ event }) => event)).toMatchObject([
    { type: 'echo', providerId, text: 'Grüße', person },
    { type: 'seen', providerId, person },
  ]);
  expect(simulator.received.every(({ isSigned }) => isSigned)).toBe(true);
});

test.each(CHANNELS)(
  "showing that we read on %s ticks the person's message and shows typing until the reply",
  async (channel) => {
    await simulator.act('send', { phone: page.phone(channel).id, text: 'Hello?' });
    const event = simulator.received[0]!.event as Extract<Received['event'], { type: 'message' }>;
    const request = { channel, ...TO[channel], providerId: event.providerId };
    expect(await client.showReading(request)).toBe('shown');
    expect(await page.message(({ state }) => state === 'read')).toMatchObject({ text: 'Hello?' });
    await page.event((one) => one.type === 'phone' && one.phone.isTyping);
    await sendText(channel);
    const last = () => page.events.findLast((one) => one.type === 'phone');
    await page.message(({ from }) => from === 'business');
    await page.event((one) => one === last() && one.type === 'phone' && !one.phone.isTyping);
  },
);

test('an acknowledgement that comes after the read receipt does not untick the message', async () => {
  simulator.onWebhook(async ({ event }) => {
    if (event?.type !== 'message') return;
    await client.showReading({ channel: 'whatsapp', ...TO.whatsapp, providerId: event.providerId });
  });
  await simulator.act('send', { phone: page.phone('whatsapp').id, text: 'Hello?' });
  const { snapshot } = await simulator.events();
  expect(snapshot.messages.map(({ message }) => message.state)).toEqual(['read']);
});

test('a message is read only up to the one that the receipt names', async () => {
  const phone = page.phone('whatsapp').id;
  await simulator.act('send', { phone, text: 'First' });
  await simulator.act('send', { phone, text: 'Second' });
  const [first] = simulator.received.map(({ event }) => event as { providerId: string });
  await client.showReading({ channel: 'whatsapp', ...TO.whatsapp, providerId: first!.providerId });
  const { snapshot } = await simulator.events();
  expect(snapshot.messages.map(({ message }) => message.state)).toEqual(['read', 'delivered']);
});

test('the answers have the shapes that Meta documents', async () => {
  const byPhone = await simulator.graph(TO.whatsapp.account, {
    ...whatsAppText('Hi'),
    to: '+15550100123',
  });
  expect(await byPhone.json()).toEqual({
    messaging_product: 'whatsapp',
    contacts: [{ input: '15550100123', wa_id: '15550100123' }],
    messages: [{ id: expect.stringMatching(/^wamid\./) }],
  });
  const { to: _phone, ...rest } = whatsAppText('Hi');
  const byUserId = await simulator.graph(TO.whatsapp.account, {
    ...rest,
    recipient: 'US.90000000000000000123',
  });
  expect(await byUserId.json()).toMatchObject({
    contacts: [{ input: 'US.90000000000000000123', user_id: 'US.90000000000000000123' }],
  });
  const instagram = await simulator.graph(TO.instagram.account, instagramText('Hi'));
  expect(await instagram.json()).toEqual({
    recipient_id: '90000000000000123',
    message_id: expect.stringMatching(/^aWdfZAG1f[\w-]{80,}$/),
  });
});

const whatsAppText = (body: string) => ({
  messaging_product: 'whatsapp',
  to: '15550100123',
  type: 'text',
  text: { body },
});
const instagramText = (text: string) => ({
  recipient: { id: '90000000000000123' },
  message: { text },
});

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
    const response = await simulator.graph(account, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code, fbtrace_id: expect.any(String) },
    });
    expect((await simulator.events()).snapshot.messages).toEqual([]);
  });

  test('texts at the very limits are taken', async () => {
    expect((await simulator.graph(wa, whatsAppText('🥐'.repeat(4096)))).status).toBe(200);
    expect((await simulator.graph(ig, instagramText('é'.repeat(500)))).status).toBe(200);
  });

  test.each([{}, { authorization: 'Basic abc' }, { authorization: 'Bearer ' }])(
    'no access token: %o',
    async (headers) => {
      const response = await simulator.graph(
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
    const response = await fetch(`${simulator.url}/simulator/graph/v25.0/1/2/3`, { headers });
    expect(await response.json()).toMatchObject({ error: { code: 100, error_subcode: 33 } });
  });
});

test('an Instagram user whom nobody has is refused at once', async () => {
  const to = { kind: 'instagram user id', value: '90000000000009999' } as const;
  const outcome = await client.sendText({
    channel: 'instagram',
    account: TO.instagram.account,
    to,
    text: 'Hi',
    token: 't',
  });
  expect(outcome).toMatchObject({ kind: 'rejected', reason: 'person unreachable' });
});

test('a number that nobody has is taken, and reported as failed afterwards', async () => {
  const to = { kind: 'whatsapp phone', value: '+15550199999' } as const;
  const outcome = await client.sendText({
    channel: 'whatsapp',
    account: TO.whatsapp.account,
    to,
    text: 'Hi',
    token: 't-9',
  });
  expect(outcome.kind).toBe('accepted');
  const { event } = await simulator.webhook((one) => statusOf(one) === 'failed');
  expect(event).toMatchObject({ token: 't-9', errorCode: 131026 });
});

describe('the profile of a person', () => {
  const profile = async (path: string) => {
    const headers = { authorization: 'Bearer t' };
    const response = await fetch(`${simulator.url}/simulator/graph/v25.0/${path}`, { headers });
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

describe('a fault meets the next text, once', () => {
  const order = (channel: string, fault: string) => simulator.act('fault', { channel, fault });

  test.each(CHANNELS)(
    'the answer is lost on %s: the text arrives, its reports follow, and our client knows nothing',
    async (channel) => {
      await order(channel, 'answer lost');
      expect(await sendText(channel)).toEqual({
        kind: 'ambiguous',
        reason: 'no answer',
        code: null,
      });
      expect(await page.message(({ from }) => from === 'business')).toMatchObject({
        text: 'We are open.',
      });
      await simulator.webhook(
        ({ event }) => event?.type === (channel === 'whatsapp' ? 'status' : 'echo'),
      );
      expect((await sendText(channel)).kind).toBe('accepted');
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
      await page.event(
        (one) => one.type === 'fault' && one.channel === channel && one.fault === fault,
      );
      expect(await sendText(channel)).toMatchObject(outcome);
      expect((await simulator.events()).snapshot).toMatchObject({
        messages: [],
        faults: { [channel]: 'none' },
      });
      expect((await sendText(channel)).kind).toBe('accepted');
    },
  );

  test('the other channel and a read receipt do not use it up', async () => {
    await simulator.act('send', { phone: page.phone('instagram').id, text: 'Hello?' });
    await order('instagram', 'token expired');
    expect((await sendText('whatsapp')).kind).toBe('accepted');
    const providerId = (simulator.received[0]!.event as { providerId: string }).providerId;
    expect(await client.showReading({ channel: 'instagram', ...TO.instagram, providerId })).toBe(
      'shown',
    );
    expect((await sendText('instagram')).kind).toBe('not sent');
  });
});
