import type { SimulatorEvent } from '../../../local/simulator/simulator-event.ts';
import { startSimulator } from './running-simulator.ts';
import type { RunningSimulator } from './running-simulator.ts';

let simulator: RunningSimulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

const latest = <Type extends SimulatorEvent['type']>(events: SimulatorEvent[], type: Type) =>
  events.findLast((event) => event.type === type) as Extract<SimulatorEvent, { type: Type }>;

test('a page that opens sees one phone of each channel, empty', async () => {
  const { snapshot } = await simulator.events();
  expect(snapshot.phones).toEqual([
    {
      id: expect.any(String),
      channel: 'instagram',
      name: 'Robin Hale',
      address: '@robin.hale.123',
      isTyping: false,
    },
    {
      id: expect.any(String),
      channel: 'whatsapp',
      name: 'Mika Stone',
      address: '+1 555 010 0123',
      isTyping: false,
    },
  ]);
  expect(snapshot).toMatchObject({
    messages: [],
    wire: [],
    faults: { instagram: 'none', whatsapp: 'none' },
  });
});

test('two pages see the same, and one that opens later sees it all in its snapshot', async () => {
  const [one, two] = await Promise.all([simulator.events(), simulator.events()]);
  const phone = one.phone('whatsapp').id;
  await simulator.act('send', { phone, text: 'Hello' });
  const seen = await Promise.all(
    [one, two].map((page) => page.message(({ state }) => state === 'delivered')),
  );
  expect(seen[0]).toEqual(seen[1]);
  const three = await simulator.events();
  expect(three.snapshot.messages).toEqual([{ phone, message: seen[0] }]);
});

test('each webhook is on the wire twice: when it goes out, and with what came back', async () => {
  const page = await simulator.events();
  simulator.plan(503);
  await simulator.act('send', { phone: page.phone('instagram').id, text: 'Hello' });
  await page.event((event) => event.type === 'wire' && event.entry.outcome === 200);
  const wire = page.events.flatMap((event) => (event.type === 'wire' ? event.entry : []));
  expect(wire.map(({ what, outcome }) => [what, outcome])).toEqual([
    ['message', null],
    ['message', 503],
    ['message, repeated', null],
    ['message, repeated', 200],
  ]);
  expect(latest(page.events, 'wire').entry.ms).toEqual(expect.any(Number));
});

test("no event holds an id of Meta's", async () => {
  const page = await simulator.events();
  await simulator.act('send', { phone: page.phone('whatsapp').id, text: 'Hello' });
  await simulator.act('send', { phone: page.phone('instagram').id, text: 'Hello' });
  const text = JSON.stringify([page.events, (await simulator.events()).snapshot]);
  expect(text).not.toMatch(/wamid|aWdf|90000000000000123/);
});

test('a page that goes away is forgotten, and the others are served on', async () => {
  const [gone, stays] = await Promise.all([simulator.events(), simulator.events()]);
  await gone.close();
  await simulator.act('fault', { channel: 'whatsapp', fault: 'server error' });
  expect(await stays.event(({ type }) => type === 'fault')).toMatchObject({
    fault: 'server error',
  });
});

test('open pages and unanswered calls do not keep the server from closing', async () => {
  const own = await startSimulator({
    times: {
      reports: { sent: 600_000, delivered: 600_000, read: 600_000 },
      repeatAfterMs: [600_000],
    },
  });
  const page = await own.events();
  own.plan(503);
  await own.act('send', { phone: page.phone('whatsapp').id, text: 'Hello' });
  await own.act('fault', { channel: 'instagram', fault: 'answer lost' });
  const lost = own
    .graph('17840000000000000', { recipient: { id: '90000000000000123' }, message: { text: 'Hi' } })
    .catch(() => 'cut');
  await page.message(({ from }) => from === 'business');
  // Were they waited for, neither would end: nothing of theirs happens within ten minutes.
  await own.close();
  await page.ended;
  expect(await lost).toBe('cut');
});
