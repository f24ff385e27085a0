import { CHANNELS } from '../../../domain/channels.ts';
import { startSimulator } from './running-simulator.ts';
import type { Received, RunningSimulator } from './running-simulator.ts';
import type { EventReader } from './event-reader.ts';

let simulator: RunningSimulator;
let page: EventReader;

beforeEach(async () => {
  simulator = await startSimulator();
  page = await simulator.events();
});
afterEach(() => simulator.close());

const reply = (channel: 'instagram' | 'whatsapp', text = 'We are open.') =>
  channel === 'whatsapp'
    ? simulator.graph('100000000000000', {
        messaging_product: 'whatsapp',
        to: '15550100123',
        type: 'text',
        text: { body: text },
      })
    : simulator.graph('17840000000000000', {
        recipient: { id: '90000000000000123' },
        message: { text },
      });

async function act(channel: 'instagram' | 'whatsapp', action: string, more: object = {}) {
  const response = await simulator.act(action, { phone: page.phone(channel).id, ...more });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const typeOf = ({ event }: Received) => event?.type;

test.each(CHANNELS)(
  'a text sent on %s arrives as a signed message that our parser reads',
  async (channel) => {
    const { status, body } = await act(channel, 'send', { text: 'Are you open?' });
    expect(status).toBe(200);
    expect(body).toEqual({ acknowledgements: [{ status: 200, ms: expect.any(Number) }] });
    const [received] = simulator.received;
    expect(received).toMatchObject({ channel, isSigned: true });
    expect(received!.parsed).toMatchObject({ ignored: {}, malformed: 0 });
    expect(received!.event).toMatchObject({
      type: 'message',
      content: { kind: 'text', text: 'Are you open?' },
      person: {
        channel,
        account: channel === 'whatsapp' ? '100000000000000' : '17840000000000000',
      },
    });
  },
);

test('a WhatsApp message names its person by user id and phone, and its id holds the number', async () => {
  await act('whatsapp', 'send', { text: 'Hello' });
  const event = simulator.received[0]!.event as Extract<Received['event'], { type: 'message' }>;
  expect(event.person.identifiers).toEqual([
    { kind: 'whatsapp user id', value: 'US.90000000000000000123' },
    { kind: 'whatsapp phone', value: '+15550100123' },
  ]);
  expect(event.providerId).toMatch(/^wamid\./);
  const inner = Buffer.from(event.providerId.slice('wamid.'.length), 'base64').toString('latin1');
  expect(inner).toContain('15550100123');
});

test('everything outside ASCII is escaped on the wire, and the signature is over those very bytes', async () => {
  const text = 'Schöne Grüße / 你好 🥐';
  await act('instagram', 'send', { text });
  const [received] = simulator.received;
  expect(received!.raw).toMatch(/^[\x20-\x7e]+$/);
  expect(received!.raw).toContain(
    'Sch\\u00f6ne Gr\\u00fc\\u00dfe \\/ \\u4f60\\u597d \\ud83e\\udd50',
  );
  expect(received!.isSigned).toBe(true);
  expect(received!.event).toMatchObject({ content: { kind: 'text', text } });
});

test.each(CHANNELS)(
  'what was written on %s is shown as delivered, with how it was acknowledged',
  async (channel) => {
    await act(channel, 'send', { text: 'Hello' });
    const shown = await page.message(({ state }) => state === 'delivered');
    expect(shown).toMatchObject({ from: 'person', kind: 'text', text: 'Hello' });
    expect(shown.acknowledgement).toMatchObject({ status: 200 });
  },
);

test.each(CHANNELS)(
  'sending twice on %s sends the same bytes again and shows one message',
  async (channel) => {
    await act(channel, 'send-twice');
    expect(simulator.received).toHaveLength(2);
    const ids = simulator.received.map(
      ({ event }) => event?.type === 'message' && event.providerId,
    );
    expect(ids[0]).toBe(ids[1]);
    const shown = page.events.flatMap((event) =>
      event.type === 'message' ? event.message.id : [],
    );
    expect(new Set(shown).size).toBe(1);
  },
);

test('sending twice takes the words that were written, if there are any', async () => {
  await act('whatsapp', 'send-twice', { text: 'My own words' });
  for (const { event } of simulator.received) {
    expect(event).toMatchObject({ content: { text: 'My own words' } });
  }
});

test('a burst is four messages, each in a webhook of its own, in order', async () => {
  const { body } = await act('instagram', 'send-burst');
  expect(body['acknowledgements']).toHaveLength(4);
  const times = simulator.received.map(({ event }) =>
    event?.type === 'message' ? event.at.getTime() : 0,
  );
  expect(times).toHaveLength(4);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test.each(CHANNELS)(
  'out of order on %s: the message that arrives first is the later one by its time',
  async (channel) => {
    await act(channel, 'send-out-of-order');
    const [first, second] = simulator.received.map(({ event }) =>
      event?.type === 'message' ? event.at.getTime() : 0,
    );
    expect(second).toBeGreaterThan(0);
    expect(first! - second!).toBeGreaterThanOrEqual(1000);
  },
);

test.each(CHANNELS)('a picture on %s is read as an image', async (channel) => {
  await act(channel, 'send-image');
  expect(simulator.received[0]!.event).toMatchObject({
    type: 'message',
    content: { kind: 'image' },
  });
  expect(simulator.received[0]!.parsed.malformed).toBe(0);
});

test.each(CHANNELS)(
  'unsending on %s names the last message, and its words leave the phone',
  async (channel) => {
    await act(channel, 'send', { text: 'Not meant for you' });
    await act(channel, 'unsend');
    const [sent, unsent] = simulator.received.map(({ event }) => event);
    expect(unsent).toMatchObject({ type: 'message unsent' });
    expect(unsent).toHaveProperty('providerId', (sent as { providerId: string }).providerId);
    expect(await page.message(({ kind }) => kind === 'unsent')).toMatchObject({ text: '' });
    const { snapshot } = await simulator.events();
    expect(JSON.stringify(snapshot)).not.toContain('Not meant for you');
  },
);

test('an edit on Instagram carries the new words under the old id, and counts', async () => {
  await act('instagram', 'send', { text: 'Saturday?' });
  await act('instagram', 'edit', { text: 'Sunday?' });
  await act('instagram', 'edit', { text: 'Monday?' });
  const [sent, , edited] = simulator.received.map(({ event }) => event);
  expect(edited).toMatchObject({
    type: 'message edited',
    text: 'Monday?',
    providerId: (sent as { providerId: string }).providerId,
  });
  expect(simulator.received[2]!.raw).toContain('"num_edit":2');
  expect(await page.message(({ text }) => text === 'Monday?')).toMatchObject({ isEdited: true });
});

test('WhatsApp does not tell edits, so none is offered there', async () => {
  await act('whatsapp', 'send', { text: 'Saturday?' });
  expect(await act('whatsapp', 'edit', { text: 'Sunday?' })).toMatchObject({ status: 409 });
  expect(simulator.received).toHaveLength(1);
});

test.each(CHANNELS)(
  'a reaction on %s is to the last reply, and a second one takes it back',
  async (channel) => {
    await reply(channel);
    const { id } = await page.message(({ from }) => from === 'business');
    await act(channel, 'react');
    const first = await simulator.webhook((one) => typeOf(one) === 'reaction');
    expect(first.parsed.malformed).toBe(0);
    expect(await page.message((one) => one.isReactedTo)).toMatchObject({ id });
    await act(channel, 'react');
    const reactions = simulator.received.filter((one) => typeOf(one) === 'reaction');
    expect(reactions).toHaveLength(2);
    expect(first.raw).toContain('\\u2764');
    expect(reactions[1]!.raw).not.toContain('\\u2764');
  },
);

test.each(CHANNELS)(
  'what a human writes by hand on %s is told as an echo, with an id of its own, and shown as such',
  async (channel) => {
    await act(channel, 'send', { text: 'Hello' });
    await act(channel, 'answer-as-human', { text: 'This is a human.' });
    const [sent, echo] = simulator.received;
    expect(echo).toMatchObject({ isSigned: true, parsed: { ignored: {}, malformed: 0 } });
    expect(echo!.event).toMatchObject({
      type: 'echo',
      text: 'This is a human.',
      person: (sent!.event as { person: object }).person,
    });
    const shown = await page.message(({ from }) => from === 'business');
    expect(shown).toMatchObject({ text: 'This is a human.', isByHand: true });
  },
);

test.each(['unsend', 'react'])(
  'with nothing on the phone, %s says so and sends nothing',
  async (action) => {
    const { status, body } = await act('instagram', action);
    expect(status).toBe(409);
    expect(body['detail']).toMatch(/no message yet/);
    expect(simulator.received).toHaveLength(0);
  },
);

test('a new person has an identity of their own, on both channels', async () => {
  for (const channel of CHANNELS) {
    const response = await simulator.act('person', { channel });
    expect(response.status).toBe(201);
    const { phone } = (await response.json()) as { phone: string };
    await simulator.act('send', { phone, text: 'Hello' });
    const event = simulator.received.at(-1)!.event as Extract<
      Received['event'],
      { type: 'message' }
    >;
    const known = ['90000000000000123', '+15550100123', 'US.90000000000000000123'];
    for (const { value } of event.person.identifiers) expect(known).not.toContain(value);
    expect(await page.event((one) => one.type === 'phone' && one.phone.id === phone)).toBeTruthy();
  }
});

describe('a webhook that is not acknowledged', () => {
  test.each([[503], ['drop' as const]])('is repeated after %s until it is', async (answer) => {
    simulator.plan(answer);
    const { body } = await act('whatsapp', 'send', { text: 'Hello' });
    const status = answer === 'drop' ? null : answer;
    expect(body['acknowledgements']).toMatchObject([{ status }]);
    expect(await page.message(({ state }) => state === 'delivered')).toMatchObject({
      text: 'Hello',
    });
    expect(simulator.received).toHaveLength(2);
    expect(simulator.received[0]!.raw).toBe(simulator.received[1]!.raw);
  });

  test('is given up in the end: the message failed, and the log tells nothing of it', async () => {
    simulator.plan(500, 500, 500);
    await act('whatsapp', 'send', { text: 'Unspeakable words' });
    const failed = await page.message(({ state }) => state === 'failed');
    expect(failed.acknowledgement).toMatchObject({ status: 500 });
    expect(simulator.received).toHaveLength(3);
    expect(simulator.logged()).toContain('never acknowledged');
    expect(simulator.logged()).not.toMatch(/Unspeakable|15550100123|wamid/);
  });
});
