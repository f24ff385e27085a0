import type { Behind } from '../../../local/simulator/behind.ts';
import type { PersonReference } from '../../../domain/events.ts';
import { eventually } from '../../support/eventually.ts';
import { behind as held } from './behind-cases.ts';
import { startSimulator } from './running-simulator.ts';
import type { RunningSimulator } from './running-simulator.ts';

let simulator: RunningSimulator;
let asked: PersonReference[];
let answer: () => Behind | null;

beforeEach(async () => {
  asked = [];
  answer = () => null;
  const behind = async (person: PersonReference) => {
    asked.push(person);
    return answer();
  };
  simulator = await startSimulator({ behind });
});
afterEach(() => simulator.close());

test('nobody is looked at while nothing stirs and no page is open', async () => {
  const page = await simulator.events();
  const { phones } = page.snapshot;
  await eventually(() => expect(asked.length).toBeGreaterThanOrEqual(phones.length));
  const other = await startSimulator({ behind: () => Promise.reject(new Error('looked')) });
  await other.act('fault', { channel: 'whatsapp', fault: 'none' });
  expect(other.logged()).not.toContain('could not look');
  await other.close();
});

test('a phone on which something happens is looked behind several times, as whom its webhooks name', async () => {
  const page = await simulator.events();
  await page.event(({ type }) => type === 'behind');
  const before = asked.length;
  await simulator.act('send', { phone: page.phone('whatsapp').id, text: 'Hello' });
  await eventually(() => expect(asked.length).toBeGreaterThan(before + 4));
  const { event } = simulator.received[0]!;
  expect(asked).toContainEqual((event as { person: PersonReference }).person);
});

test('what changed is told once, and a page that opens later has it in its snapshot', async () => {
  const page = await simulator.events();
  const phone = page.phone('whatsapp').id;
  await page.event((event) => event.type === 'behind' && event.phone === phone);
  answer = () => held();
  await simulator.act('send', { phone, text: 'Hello' });
  await page.event((event) => event.type === 'behind' && event.behind.facts.length > 0);
  const later = await simulator.events();
  const views = later.snapshot.behind.filter((one) => one.phone === phone);
  expect(views).toHaveLength(1);
  expect(views[0]!.behind.said).toBe('Known, and no reply yet.');
  const told = page.events.filter((event) => event.type === 'behind' && event.phone === phone);
  expect(told).toHaveLength(2);
});

test('a database that is away is said, and looked at again', async () => {
  const page = await simulator.events();
  answer = () => {
    throw new Error('no database');
  };
  await simulator.act('send', { phone: page.phone('whatsapp').id, text: 'Hello' });
  const isUnreadable = (words: string) => words.includes('cannot be read');
  await page.event((event) => event.type === 'behind' && isUnreadable(event.behind.said));
  answer = () => held();
  await page.event((event) => event.type === 'behind' && event.behind.said.startsWith('Known'));
  expect(simulator.logged()).toContain('could not look behind a phone');
});

test('without a look behind, a page is told nothing of it', async () => {
  const bare = await startSimulator();
  const page = await bare.events();
  await bare.act('send', { phone: page.phone('whatsapp').id, text: 'Hello' });
  expect(page.snapshot.behind).toEqual([]);
  expect(page.events.some(({ type }) => type === 'behind')).toBe(false);
  await bare.close();
});
