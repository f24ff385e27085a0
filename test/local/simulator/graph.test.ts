import { CHANNELS } from '../../../domain/channels.ts';
import { instagramText, startGraphWorld, statusOf, TO, whatsAppText } from './graph-world.ts';
import type { GraphWorld } from './graph-world.ts';
import type { Received } from './running-simulator.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld();
});
afterEach(() => world.close());

test.each(CHANNELS)(
  'our own client sends a text on %s, and it is shown on the phone',
  async (channel) => {
    expect(await world.sendText(channel)).toEqual({
      kind: 'accepted',
      providerId: expect.any(String),
    });
    const shown = await world.page.message(({ from }) => from === 'business');
    expect(shown).toMatchObject({ kind: 'text', text: 'We are open.' });
  },
);

test('WhatsApp reports sent, delivered and read, each with the token and the id of the message', async () => {
  const outcome = await world.sendText('whatsapp', 'Hello', 'our-token');
  const providerId = outcome.kind === 'accepted' ? outcome.providerId : '';
  await world.simulator.webhook((one) => statusOf(one) === 'read');
  expect(world.simulator.received.map(statusOf)).toEqual(['sent', 'delivered', 'read']);
  for (const { event, isSigned, parsed } of world.simulator.received) {
    expect(isSigned).toBe(true);
    expect(parsed.malformed).toBe(0);
    expect(event).toMatchObject({ token: 'our-token', providerId, errorCode: null });
    expect(event).toHaveProperty('person.identifiers.1.value', '+15550100123');
  }
});

test('Instagram echoes the message, and then tells that it was seen', async () => {
  const outcome = await world.sendText('instagram', 'Grüße');
  const providerId = outcome.kind === 'accepted' ? outcome.providerId : '';
  await world.simulator.webhook(({ event }) => event?.type === 'seen');
  const person = { account: TO.instagram.account, identifiers: [TO.instagram.to] };
  expect(world.simulator.received.map(({ event }) => event)).toMatchObject([
    { type: 'echo', providerId, text: 'Grüße', person },
    { type: 'seen', providerId, person },
  ]);
  expect(world.simulator.received.every(({ isSigned }) => isSigned)).toBe(true);
});

test.each(CHANNELS)(
  "showing that we read on %s ticks the person's message and shows typing until the reply",
  async (channel) => {
    await world.simulator.act('send', { phone: world.page.phone(channel).id, text: 'Hello?' });
    const event = world.simulator.received[0]!.event as Extract<
      Received['event'],
      { type: 'message' }
    >;
    const request = { channel, ...TO[channel], providerId: event.providerId };
    expect(await world.client.showReading(request)).toBe('shown');
    expect(await world.page.message(({ state }) => state === 'read')).toMatchObject({
      text: 'Hello?',
    });
    await world.page.event((one) => one.type === 'phone' && one.phone.isTyping);
    await world.sendText(channel);
    const last = () => world.page.events.findLast((one) => one.type === 'phone');
    await world.page.message(({ from }) => from === 'business');
    await world.page.event((one) => one === last() && one.type === 'phone' && !one.phone.isTyping);
  },
);

test('an acknowledgement that comes after the read receipt does not untick the message', async () => {
  world.simulator.onWebhook(async ({ event }) => {
    if (event?.type !== 'message') return;
    await world.client.showReading({
      channel: 'whatsapp',
      ...TO.whatsapp,
      providerId: event.providerId,
    });
  });
  await world.simulator.act('send', { phone: world.page.phone('whatsapp').id, text: 'Hello?' });
  const { snapshot } = await world.simulator.events();
  expect(snapshot.messages.map(({ message }) => message.state)).toEqual(['read']);
});

test('a message is read only up to the one that the receipt names', async () => {
  const phone = world.page.phone('whatsapp').id;
  await world.simulator.act('send', { phone, text: 'First' });
  await world.simulator.act('send', { phone, text: 'Second' });
  const [first] = world.simulator.received.map(({ event }) => event as { providerId: string });
  await world.client.showReading({
    channel: 'whatsapp',
    ...TO.whatsapp,
    providerId: first!.providerId,
  });
  const { snapshot } = await world.simulator.events();
  expect(snapshot.messages.map(({ message }) => message.state)).toEqual(['read', 'delivered']);
});

test('the answers have the shapes that Meta documents', async () => {
  const byPhone = await world.simulator.graph(TO.whatsapp.account, {
    ...whatsAppText('Hi'),
    to: '+15550100123',
  });
  expect(await byPhone.json()).toEqual({
    messaging_product: 'whatsapp',
    contacts: [{ input: '15550100123', wa_id: '15550100123' }],
    messages: [{ id: expect.stringMatching(/^wamid\./) }],
  });
  const { to: _phone, ...rest } = whatsAppText('Hi');
  const byUserId = await world.simulator.graph(TO.whatsapp.account, {
    ...rest,
    recipient: 'US.90000000000000000123',
  });
  expect(await byUserId.json()).toMatchObject({
    contacts: [{ input: 'US.90000000000000000123', user_id: 'US.90000000000000000123' }],
  });
  const instagram = await world.simulator.graph(TO.instagram.account, instagramText('Hi'));
  expect(await instagram.json()).toEqual({
    recipient_id: '90000000000000123',
    message_id: expect.stringMatching(/^aWdfZAG1f[\w-]{80,}$/),
  });
});

test('an Instagram user whom nobody has is refused at once', async () => {
  const to = { kind: 'instagram user id', value: '90000000000009999' } as const;
  const outcome = await world.client.sendText({
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
  const outcome = await world.client.sendText({
    channel: 'whatsapp',
    account: TO.whatsapp.account,
    to,
    text: 'Hi',
    token: 't-9',
  });
  expect(outcome.kind).toBe('accepted');
  const { event } = await world.simulator.webhook((one) => statusOf(one) === 'failed');
  expect(event).toMatchObject({ token: 't-9', errorCode: 131026 });
});
