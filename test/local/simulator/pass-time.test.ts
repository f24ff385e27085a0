import { MOVED } from '../../../local/simulator/pass-time.ts';
import type { BehindView } from '../../../local/simulator/behind-view.ts';
import { CHANNELS } from '../../../domain/channels.ts';
import { sql } from 'kysely';
import { eventually } from '../../support/eventually.ts';
import { createSimulatedInstallation } from './simulated-installation.ts';

const { mayfly, act, newPhone } = await createSimulatedInstallation();

beforeEach(() => {
  mayfly.model.usually(({ turns }) => ({ reply: `Heard ${turns.length}.` }));
});

const fact = ({ facts }: BehindView, name: string) => facts.find((one) => one.name === name)?.words;
const isConfirmed = ({ steps }: BehindView) => steps.every(({ tone }) => tone === 'good');
const said = (texts: string[]) => texts.map((text) => /Heard \d+\./.exec(text)?.[0]);

test.each(CHANNELS)(
  'after 25 hours on %s the window is closed and the session over; the next message begins one with zero context',
  async (channel) => {
    const phone = await newPhone(channel);
    await phone.act('send', { text: 'First' });
    await phone.until(isConfirmed);
    await phone.act('send', { text: 'Second' });
    await phone.until((view) => isConfirmed(view) && view.parts.length === 2);
    expect((await phone.act('pass-time')).status).toBe(200);
    await phone.until(
      (view) =>
        fact(view, 'Session') === '1, ended' && fact(view, 'Window')!.startsWith('closed, address'),
    );
    await phone.act('send', { text: 'Third' });
    const done = await phone.until((view) => isConfirmed(view) && view.parts.length === 3);
    expect(fact(done, 'Session')).toBe('2, open');
    expect(fact(done, 'Window')).toBe('open, 24 h left');
    expect(said(phone.replies())).toEqual(['Heard 1.', 'Heard 3.', 'Heard 1.']);
  },
);

test('a reply that comes too late is not sent', async () => {
  const phone = await newPhone('whatsapp');
  mayfly.model.plan({ afterMs: 1_500, reply: 'Too late.' });
  await phone.act('send', { text: 'Are you open?' });
  await phone.until(({ steps }) => steps[2]!.tone === 'now');
  await phone.act('pass-time');
  const late = await phone.until(({ steps }) => steps.some(({ name }) => name === 'not sent'));
  expect(late.steps.find(({ name }) => name === 'not sent')!.detail).toBe('window closed');
  // The session is not cut off while a turn is under way in it.
  await phone.until((view) => fact(view, 'Session') === '1, ended');
  expect(phone.replies()).toEqual([]);
});

test('time passes for this person alone, and on their phone', async () => {
  const [one, other] = [await newPhone('whatsapp'), await newPhone('whatsapp')];
  for (const phone of [one, other]) {
    await phone.act('send', { text: 'Hello' });
    await phone.until(isConfirmed);
  }
  const before = one.messages().findLast(({ text }) => text === 'Hello')!;
  await one.act('pass-time');
  await one.until((view) => fact(view, 'Session') === '1, ended');
  const after = await eventually(() => {
    const message = one.messages().findLast(({ text }) => text === 'Hello')!;
    expect(message.at).not.toBe(before.at);
    return message;
  });
  expect(Date.parse(before.at) - Date.parse(after.at)).toBe(25 * 3_600_000);
  await eventually(() =>
    expect(one.messages().at(-1)).toMatchObject({ from: 'nobody', text: '25 hours later' }),
  );
  const otherView = other.seen().at(-1)!;
  expect(fact(otherView, 'Session')).toBe('1, open');
  expect(fact(otherView, 'Window')).toBe('open, 24 h left');
});

test('the rest after a human wrote is over after 25 hours', async () => {
  const phone = await newPhone('instagram');
  await phone.act('send', { text: 'Hello' });
  await phone.until(isConfirmed);
  await phone.act('answer-as-human', { text: 'I take over.' });
  await phone.until((view) => fact(view, 'Human') !== undefined);
  await phone.act('pass-time');
  const rested = await phone.until((view) => fact(view, 'Human') === undefined);
  expect(fact(rested, 'Window')).toMatch(/^closed/);
});

test('for somebody of whom nothing is held, no time can pass', async () => {
  const phone = await newPhone('whatsapp');
  const response = await phone.act('pass-time');
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/Nothing is held/) });
  expect(phone.messages()).toEqual([]);
});

test('a phone that nobody has is not found', async () => {
  expect((await act('pass-time', { phone: 'none' })).status).toBe(404);
});

/** When the machinery looks again, and what staff have decided: neither has to do with how old the person's history is. */
const STAYS = [
  'mayfly.erasures.begun_at',
  'mayfly.holds.confirmed_at',
  'mayfly.holds.expires_at',
  'mayfly.holds.lifted_at',
  'mayfly.holds.proposed_at',
  'mayfly.subjects.destroying_at',
  'mayfly.subjects.erasing_at',
  'mayfly.subjects.wake_since',
  'mayfly.subjects.wake_taken_at',
  'mayfly.waiting_replies.waits_since',
  'mayfly.waiting_replies.waits_until',
];

test('every time that the database holds of a person is moved, or stays for a reason', async () => {
  const { rows } = await sql<{ name: string }>`
    SELECT c.table_schema || '.' || c.table_name || '.' || c.column_name AS name
    FROM information_schema.columns c
    WHERE c.data_type = 'timestamp with time zone' AND c.table_schema = 'mayfly'
      AND (c.table_name = 'subjects' OR EXISTS (
        SELECT FROM information_schema.columns o
        WHERE o.table_schema = 'mayfly' AND o.table_name = c.table_name AND o.column_name = 'subject_id'))
      AND c.table_name NOT LIKE 'request%'`.execute(mayfly.db);
  const moved = Object.entries(MOVED).flatMap(([table, columns]) =>
    columns.map((column) => `${table}.${column}`),
  );
  expect(rows.map(({ name }) => name).toSorted()).toEqual([...moved, ...STAYS].toSorted());
});
