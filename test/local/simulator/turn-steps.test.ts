import type { Behind } from '../../../local/simulator/behind.ts';
import { turnSteps } from '../../../local/simulator/turn-steps.ts';
import { behind, NOW, part, reply, secondsAgo } from './behind-cases.ts';

/** The steps that are neither behind nor ahead, in short. */
function shown(of: Behind | null) {
  return turnSteps(of, NOW)
    .filter(({ tone }) => tone !== 'ahead' && tone !== 'good')
    .map(({ name, detail, tone }) => `${name} (${detail}): ${tone}`);
}

const tones = (of: Behind | null) =>
  turnSteps(of, NOW)
    .map(({ tone }) => tone)
    .join(' ');

test('there are always the same seven steps, whatever is known', () => {
  for (const one of [
    null,
    behind(),
    behind({ waiting: 1 }),
    behind({ replies: [reply([part()])] }),
  ]) {
    expect(turnSteps(one, NOW)).toHaveLength(7);
  }
  expect(tones(null)).toBe('ahead ahead ahead ahead ahead ahead ahead');
});

describe('an answer that was lost', () => {
  const confirmed = reply([part({ state: 'confirmed', status: 'read' })], { number: 3 });

  test.each(['answer lost', 'worker killed'] as const)(
    'leaves its trace in the strip though the reply is confirmed: %s',
    (fault) => {
      const steps = turnSteps(behind({ replies: [confirmed] }), NOW, { fault, reply: 3 });
      expect(steps[5]).toMatchObject({ name: fault, detail: 'found by evidence', tone: 'bad' });
      expect(steps[6]).toMatchObject({ name: 'confirmed', tone: 'good' });
    },
  );

  test('is no matter of the next reply, nor of one that was sent again', () => {
    const lost = { fault: 'answer lost', reply: 3 } as const;
    const again = reply([part({ state: 'confirmed', resends: 1 })], { number: 3 });
    for (const latest of [{ ...confirmed, number: 4 }, again])
      expect(turnSteps(behind({ replies: [latest] }), NOW, lost)[5]).toMatchObject({
        name: 'accepted',
      });
    const waiting = behind({ waiting: 1, replies: [confirmed] });
    expect(turnSteps(waiting, NOW, lost)[5]).toMatchObject({ name: 'accepted', tone: 'ahead' });
  });
});

describe('while messages wait', () => {
  test('the conversation is to be woken until it looks after them', () => {
    const of = behind({ waiting: 2, wake: { since: secondsAgo(3), takenAt: null } });
    expect(turnSteps(of, NOW)[0]).toMatchObject({ name: 'received', detail: '2 messages' });
    expect(shown(of)).toEqual(['waiting (to be woken): now']);
    expect(turnSteps(of, NOW)[1]!.since).toBe(secondsAgo(3).toISOString());
  });

  test('the model writes once the wake was taken, also when the last turn ended well', () => {
    const wake = { since: secondsAgo(3), takenAt: secondsAgo(2) };
    const replies = [reply([part({ state: 'confirmed' })])];
    const of = behind({ waiting: 1, wake, replies });
    expect(shown(of)).toEqual(['model (writes): now']);
    expect(tones(of)).toBe('good good now ahead ahead ahead ahead');
  });

  test.each([
    ['human_until', new Date(NOW.getTime() + 1_000), 'human answers'],
    ['opted_out_at', secondsAgo(1), 'opted out'],
    ['objected_at', secondsAgo(1), 'objected'],
    ['restricted_at', secondsAgo(1), 'restricted'],
  ])('the assistant rests because of %s', (column, at, words) => {
    const standing = { ...behind().standing, [column]: at };
    expect(shown(behind({ waiting: 1, standing }))).toEqual([`rests (${words}): held`]);
  });

  test('a rest that is over holds nothing back', () => {
    const standing = { ...behind().standing, human_until: secondsAgo(1) };
    const of = behind({ waiting: 1, standing, wake: { since: secondsAgo(1), takenAt: null } });
    expect(shown(of)).toEqual(['waiting (to be woken): now']);
  });
});

describe('once a reply is written', () => {
  const after = (...parts: Parameters<typeof part>[0][]) =>
    behind({ replies: [reply(parts.map(part))] });

  test.each([
    ['planned', {}, ['intent (at the gate): now']],
    ['intent', { state: 'intent' }, ['intent (attempt 1): now']],
    ['accepted', { state: 'accepted' }, ['confirmed (status to come): now']],
    ['confirmed', { state: 'confirmed', status: 'read' }, []],
    ['ambiguous', { state: 'ambiguous', problem: 'no answer' }, ['ambiguous (no answer): doubt']],
    [
      'planned once more',
      { attempt: 1, resends: 1, problem: 'no answer' },
      ['to be resent (no answer): doubt'],
    ],
    ['sent once more', { state: 'intent', attempt: 2, resends: 1 }, ['resent (attempt 2): now']],
    ['not taken by Meta', { attempt: 1, problem: 'throttled' }, ['tries again (throttled): doubt']],
    [
      'left to a human',
      { state: 'needs human', problem: 'no answer' },
      ['needs human (no answer): bad'],
    ],
    [
      'rejected',
      { state: 'rejected', problem: 'window closed' },
      ['rejected (window closed): bad'],
    ],
    ['suppressed', { state: 'suppressed', attempt: 0 }, ['not sent (): off']],
  ] as const)('a part that is %s is shown as such', (_state, fields, expected) => {
    expect(shown(after(fields))).toEqual(expected);
  });

  test('times are told from the message to the draft and to the evidence', () => {
    const of = after({ state: 'confirmed', status: 'delivered', settledAt: secondsAgo(6.5) });
    const [, , model, draft, , , confirmed] = turnSteps(of, NOW);
    expect([model!.detail, draft!.detail, confirmed!.detail]).toEqual([
      '2.0 s',
      '1 part',
      'delivered, 3.5 s',
    ]);
  });

  test('of several parts the first that is not done counts, and is named', () => {
    const of = after({ state: 'confirmed' }, { state: 'intent' }, {});
    expect(shown(of)).toEqual(['intent (attempt 1, part 2): now']);
    expect(turnSteps(of, NOW)[3]!.detail).toBe('3 parts');
    expect(tones(after({ state: 'confirmed' }, { state: 'accepted' }))).toMatch(/good now$/);
  });

  test('a reply that was overtaken is not taken for one that was sent', () => {
    const replies = [reply([part({ state: 'suppressed' })], { isSuperseded: true })];
    expect(shown(behind({ replies }))).toEqual(['overtaken (newer message): off']);
    expect(tones(behind({ replies }))).toMatch(/ahead ahead ahead$/);
  });

  test('a reply that waits for its account says what is wrong with it', () => {
    const replies = [
      reply([part({ attempt: 1, problem: 'token refused' })], { waitsFor: 'account' }),
    ];
    const of = behind({ replies, accountProblem: 'token refused' });
    expect(shown(of)).toEqual(['waits for account (token refused): held']);
  });

  test('a late reply was not sent because the window is closed', () => {
    const replies = [reply([part({ state: 'suppressed', attempt: 0 })])];
    for (const windowClosesAt of [null, secondsAgo(1)]) {
      expect(shown(behind({ replies, windowClosesAt }))).toEqual(['not sent (window closed): off']);
    }
  });

  test('words that the model did not find are not said to be its own', () => {
    const of = (origin: 'notice' | 'fallback' | 'human') =>
      behind({ replies: [reply([part({ state: 'confirmed' })], { origin })] });
    expect(shown(of('notice'))).toEqual(['model (not asked): off']);
    expect(shown(of('fallback'))).toEqual(['no answer (model): bad']);
    expect(shown(of('human'))).toEqual(['model (not asked): off']);
    expect(turnSteps(of('human'), NOW)[4]!.detail).toBe('');
  });
});
