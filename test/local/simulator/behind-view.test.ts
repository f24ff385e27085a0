import { behindView, isMoving, unreadableView } from '../../../local/simulator/behind-view.ts';
import type { Behind } from '../../../local/simulator/behind.ts';
import { DELIVERY_STATES } from '../../../domain/outbox.ts';
import { behind, NOW, part, reply, secondsAgo } from './behind-cases.ts';

const view = (of: Behind | null) => behindView(of, NOW);
const factsOf = (of: Behind) => view(of).facts.map(({ name, words }) => `${name} ${words}`);

test('nothing held is said to be nothing', () => {
  expect(view(null).said).toMatch(/^Nothing is held about this person/);
  expect(view(null)).toMatchObject({ facts: [], parts: [] });
});

test('a database that does not answer is no empty one', () => {
  expect(unreadableView().said).not.toBe(view(null).said);
});

test.each(DELIVERY_STATES)('a part that is %s has one sentence of its own', (state) => {
  const said = (one: (typeof DELIVERY_STATES)[number]) =>
    view(behind({ replies: [reply([part({ state: one })])] })).said;
  expect(said(state)).toMatch(/^[A-Z].*\.$/);
  const others = DELIVERY_STATES.filter((one) => one !== state).map(said);
  // At the gate and on its way are the same to who reads the sentence.
  if (state !== 'planned' && state !== 'intent') expect(others).not.toContain(said(state));
});

test('messages that wait are counted, and that a rest leaves them to people is said', () => {
  const wake = { since: NOW, takenAt: NOW };
  expect(view(behind({ waiting: 1, wake })).said).toBe('An answer to 1 message is being written.');
  const standing = { ...behind().standing, opted_out_at: NOW };
  expect(view(behind({ waiting: 2, standing })).said).toMatch(/rests \(opted out\); 2 messages/);
});

test('the outbox has a row for each part, the newest reply first', () => {
  const replies = [
    reply([part({ state: 'confirmed', status: 'read', copies: 1 }), part({ state: 'intent' })], {
      number: 2,
    }),
    reply([part({ state: 'confirmed', status: 'sent', attempt: 2, resends: 1, copies: 2 })]),
  ];
  const rows = view(behind({ replies })).parts.map((row) => Object.values(row).join(' | '));
  expect(rows).toEqual([
    '2 model | 1 of 2 | confirmed | read | good | 1 | once',
    '2 model | 2 of 2 | intent | on its way to Meta | now | 1 | not seen',
    '1 model | 1 of 1 | confirmed | sent | good | 2, resent | 2 times',
  ]);
});

test('the facts tell of the session and the window, and of what else holds', () => {
  expect(factsOf(behind())).toEqual(['Session 1, open', 'Window open, 24 h left']);
  expect(factsOf(behind({ session: null, isSessionOpen: false }))[0]).toBe('Session none yet');
  expect(factsOf(behind({ session: null }))[0]).toBe('Session begins');
  expect(factsOf(behind({ isSessionOpen: false }))[0]).toBe('Session 1, ended');
  expect(factsOf(behind({ isSessionOpen: null }))[0]).toBe('Session 1');
  expect(factsOf(behind({ windowClosesAt: secondsAgo(1) }))[1]).toMatch(/still held/);
  expect(factsOf(behind({ windowClosesAt: null }))[1]).toMatch(/address dropped/);
  const until = new Date(NOW.getTime() + 1_000);
  const standing = { ...behind().standing, human_until: until, opted_out_at: NOW };
  const of = behind({ standing, accountProblem: 'billing' });
  expect(factsOf(of).slice(2)).toEqual([
    'Human until',
    'Person opted out',
    'Account paused: billing',
  ]);
  expect(view(of).facts[2]!.until).toBe(until.toISOString());
});

test('what waits for the machine moves, what waits for people does not', () => {
  const moving = (of: Behind) => isMoving(view(of));
  expect(moving(behind({ waiting: 1, wake: { since: NOW, takenAt: null } }))).toBe(true);
  expect(moving(behind({ replies: [reply([part({ state: 'ambiguous' })])] }))).toBe(true);
  expect(moving(behind({ windowClosesAt: secondsAgo(1) }))).toBe(true);
  expect(moving(behind({ replies: [reply([part({ state: 'confirmed' })])] }))).toBe(false);
  expect(moving(behind({ replies: [reply([part({ state: 'needs human' })])] }))).toBe(false);
  expect(isMoving(view(null))).toBe(false);
});
