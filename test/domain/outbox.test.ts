import fc from 'fast-check';
import { DELIVERY_STATUSES } from '../../domain/events.ts';
import {
  ACCOUNT_PROBLEMS,
  accountProblemOf,
  DELIVERY_STATES,
  mayBeResent,
  provesAccountWorks,
  receivedCopies,
  SEND_PROBLEMS,
  stateAfterEvidence,
} from '../../domain/outbox.ts';

const state = fc.constantFrom(...DELIVERY_STATES);
const copies = fc.array(fc.constantFrom(null, ...DELIVERY_STATUSES), {
  minLength: 1,
  maxLength: 4,
});
const part = fc.record({ state, resends: fc.constantFrom(0, 1) });

test('any message that went out confirms the part, whatever was thought before', () => {
  fc.assert(
    fc.property(part, copies, (before, known) => {
      const isConfirmed = stateAfterEvidence(before, known) === 'confirmed';
      fc.pre(before.state !== 'confirmed');
      expect(isConfirmed).toBe(receivedCopies(known) > 0);
    }),
  );
});

test('the order in which copies are known does not matter', () => {
  const shuffled = copies.chain((known) =>
    fc.tuple(fc.constant(known), fc.shuffledSubarray(known, { minLength: known.length })),
  );
  fc.assert(
    fc.property(part, shuffled, (before, [known, other]) => {
      expect(stateAfterEvidence(before, other)).toBe(stateAfterEvidence(before, known));
    }),
  );
});

test.each([
  ['intent', 0, ['failed'], 'rejected'],
  ['ambiguous', 0, ['failed'], 'rejected'],
  ['accepted', 0, ['failed'], 'rejected'],
  ['confirmed', 0, ['failed'], 'rejected'],
  ['accepted', 0, [null], 'accepted'],
  // One failed, and of the other send nothing is known yet.
  ['intent', 1, ['failed'], 'intent'],
  ['ambiguous', 1, ['failed'], 'ambiguous'],
  ['needs human', 1, ['failed'], 'needs human'],
  ['needs human', 1, ['failed', 'failed'], 'rejected'],
  ['accepted', 1, ['failed', null], 'accepted'],
  ['accepted', 1, ['failed', 'failed'], 'rejected'],
  // The one that had gone out has failed since, and of the other there is Meta's answer.
  ['confirmed', 1, ['failed', null], 'accepted'],
  ['confirmed', 1, ['failed', 'failed'], 'rejected'],
  // Meta says that it was not delivered: so it may still be sent.
  ['planned', 1, ['failed'], 'planned'],
  ['suppressed', 1, ['failed'], 'suppressed'],
] as const)(
  '%s, sent %d times more, of which Meta knows %j, is %s',
  (before, resends, known, after) => {
    expect(stateAfterEvidence({ state: before, resends }, known)).toBe(after);
  },
);

test("a part is sent once more at most, and never against Meta's word", () => {
  for (const problem of SEND_PROBLEMS) {
    expect(mayBeResent({ resends: 0, problem })).toBe(problem !== 'possibly sent');
    expect(mayBeResent({ resends: 1, problem })).toBe(false);
  }
});

test('the problems of an account are the ones that waiting for it can end', () => {
  const found = SEND_PROBLEMS.filter((problem) => accountProblemOf(problem) !== null);
  expect(found).toEqual(Object.keys(ACCOUNT_PROBLEMS));
  expect(accountProblemOf(null)).toBeNull();
});

test('what was not sent, or may not have been, proves nothing of the account', () => {
  const outcomes = [
    { kind: 'not sent', reason: 'throttled', retryAfterMs: null, code: null },
    { kind: 'ambiguous', reason: 'no answer', code: null },
  ] as const;
  for (const outcome of outcomes) {
    expect(provesAccountWorks('instagram', 'token refused', outcome)).toBe(false);
  }
  const accepted = { kind: 'accepted', providerId: 'id' } as const;
  expect(provesAccountWorks('whatsapp', 'token refused', accepted)).toBe(true);
  expect(provesAccountWorks('whatsapp', 'billing', accepted)).toBe(false);
  expect(provesAccountWorks('instagram', 'account restricted', accepted)).toBe(true);
});
