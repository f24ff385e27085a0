import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { HOLD_REASONS, REFUSAL_REASONS, VERIFY_REASONS } from '../../../domain/staff.ts';
import { holdSubject, isHeld } from '../../../store/erasure/holds.ts';
import { liftHold } from '../../../store/erasure/lift-hold.ts';
import { createRequest } from '../../../store/requests/requests.ts';
import { refuseByStaff, verifyByStaff } from '../../../store/requests/staff-decisions.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { createStorage } from '../../support/storage.ts';

const { db, people } = await createStorage();
const DAY_MS = 86_400_000;
const STAFF = ['1', '2', '3'].map((digit) => digit.repeat(32));
const UNTIL = [30, 60].map((days) => new Date(Date.now() + days * DAY_MS));

const member = fc.constantFrom(...STAFF);
const pair = fc.constantFrom([0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1]);
const words = fc.record({
  reason: fc.constantFrom(...HOLD_REASONS.slice(0, 2)),
  until: fc.constantFrom(...UNTIL),
});
type Words = { reason: (typeof HOLD_REASONS)[number]; until: Date };
const isSame = (one: Words, other: Words) =>
  one.reason === other.reason && one.until.getTime() === other.until.getTime();

async function somebody(): Promise<string> {
  const [account, value] = ['a', `US.${randomBytes(16).toString('hex')}`];
  const identifiers = [{ kind: 'whatsapp user id', value }] as const;
  const person = { channel: 'whatsapp', account, identifiers } as const;
  const cipher = await inTransaction(db, (trx) => people.findOrCreate(trx, person, new Date()));
  return cipher.subjectId;
}
const hold = (subjectId: string, by: string, wish: Words) =>
  inTransaction(db, (trx) => holdSubject(trx, { subjectId, by, ...wish }));
const lift = (subjectId: string, by: string) =>
  inTransaction(db, (trx) => liftHold(trx, { subjectId, by }));
const held = async (subjectId: string) => {
  const { rows } = await sql<{ held: boolean }>`
    SELECT ${isHeld(sql`${subjectId}::uuid`)} AS held`.execute(db);
  return rows[0]?.held;
};

/** Who said what about one person, as docs/staff-api.md draws it. */
class Holds {
  proposal: (Words & { by: string }) | null = null;
  placed: (Words & { liftBy: string | null })[] = [];

  hold(by: string, wish: Words): string {
    const same = this.placed.find((one) => isSame(one, wish));
    if (same !== undefined) {
      const result = same.liftBy === null ? 'placed before' : 'kept';
      same.liftBy = null;
      return result;
    }
    if (this.proposal === null || !isSame(this.proposal, wish)) {
      this.proposal = { ...wish, by };
      return 'proposed';
    }
    if (this.proposal.by === by) return 'own proposal';
    this.placed.push({ ...wish, liftBy: null });
    this.proposal = null;
    return 'placed';
  }

  lift(by: string): string[] {
    if (this.proposal !== null) {
      this.proposal = null;
      return ['taken back'];
    }
    if (this.placed.length === 0) return ['no hold'];
    const results = this.placed.map((one) =>
      one.liftBy === null ? 'proposed' : one.liftBy === by ? 'own proposal' : 'lifted',
    );
    this.placed = this.placed.filter((_, index) => results[index] !== 'lifted');
    for (const one of this.placed) one.liftBy ??= by;
    return [...new Set(results)];
  }
}

test('P-U4 whatever three members of staff say about holds, it counts as drawn, and any two of them can lift and place', async () => {
  // One says something, or two place a hold one after the other.
  const word = fc.record({ by: member, wish: fc.option(words) }).map((said) => [said]);
  const placing = fc
    .record({ by: fc.shuffledSubarray(STAFF, { minLength: 2, maxLength: 2 }), wish: words })
    .map(({ by, wish }) => by.map((one) => ({ by: one, wish })));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(word, placing), { maxLength: 10 }).map((acts) => acts.flat()),
      pair,
      words,
      async (acts, [one, other], wish) => {
        const [subjectId, drawn] = [await somebody(), new Holds()];
        for (const { by, wish: said } of acts) {
          if (said === null)
            expect((await lift(subjectId, by)).toSorted()).toEqual(drawn.lift(by).toSorted());
          else expect(await hold(subjectId, by, said)).toBe(drawn.hold(by, said));
          expect(await held(subjectId)).toBe(drawn.placed.length > 0);
        }
        const two = [STAFF[one!]!, STAFF[other!]!];
        // A proposal is taken back, a lift is proposed, and the other one confirms it; what the other one had proposed
        // to lift goes at once.
        for (const turn of [0, 0, 1, 0]) await lift(subjectId, two[turn]!);
        expect(await lift(subjectId, two[1]!)).toEqual(['no hold']);
        expect(await held(subjectId)).toBe(false);
        await hold(subjectId, two[0]!, wish);
        expect(await hold(subjectId, two[1]!, wish)).toBe('placed');
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);

test('P-U4 two members of staff lift two holds, though each had proposed to lift another one', async () => {
  const subjectId = await somebody();
  const [first, second] = STAFF as [string, string];
  const [early, late] = UNTIL.map((until) => ({ reason: 'legal claim', until }) as const);
  for (const by of [first, second]) await hold(subjectId, by, early!);
  expect(await lift(subjectId, first)).toEqual(['proposed']);
  for (const by of [first, second]) await hold(subjectId, by, late!);
  expect((await lift(subjectId, second)).toSorted()).toEqual(['lifted', 'proposed']);
  expect(await held(subjectId)).toBe(true);
  expect(await lift(subjectId, second)).toEqual(['own proposal']);
  expect(await lift(subjectId, first)).toEqual(['lifted']);
  expect(await held(subjectId)).toBe(false);
});

test('P-U4 who says a hold again that is to be lifted keeps it, and lifting begins anew', async () => {
  const subjectId = await somebody();
  const [first, second] = STAFF as [string, string];
  const wish = { reason: 'legal claim', until: UNTIL[0]! } as const;
  for (const by of [first, second]) await hold(subjectId, by, wish);
  await lift(subjectId, first);
  expect(await hold(subjectId, second, wish)).toBe('kept');
  expect(await lift(subjectId, second)).toEqual(['proposed']);
  expect(await held(subjectId)).toBe(true);
});

let numbers = 0;

async function openRequest(): Promise<string> {
  const whatsapp = `+1555018${String((numbers += 1)).padStart(4, '0')}`;
  const { requestId } = await inTransaction(db, (trx) =>
    createRequest(trx, people, {
      right: 'erasure',
      intake: 'staff',
      receivedAt: new Date(),
      codeHash: randomBytes(32),
      phrase: { text: 'DELETE-7K3M9QXW', hash: randomBytes(32) },
      accounts: ['whatsapp'],
      contact: { whatsapp },
    }),
  );
  return requestId;
}

const VERIFY = VERIFY_REASONS.slice(0, 2);
const REFUSE = REFUSAL_REASONS.slice(0, 2);
type Decision = { kind: 'verify' | 'refuse'; reason: number };

function decide(requestId: string, by: string, { kind, reason }: Decision): Promise<string> {
  const terms = { subjects: [], absent: ['whatsapp' as const] };
  return inTransaction(db, (trx) =>
    kind === 'verify'
      ? verifyByStaff(trx, people, { requestId, reason: VERIFY[reason]!, terms, by })
      : refuseByStaff(trx, { requestId, reason: REFUSE[reason]!, by }),
  );
}

/** What is decided about one request: by two who say the same, once. */
class Decisions {
  proposals: Partial<Record<Decision['kind'], { reason: number; by: string }>> = {};
  decided: Decision | null = null;

  say(by: string, { kind, reason }: Decision): string {
    if (this.decided !== null)
      return this.decided.kind === kind && this.decided.reason === reason
        ? 'confirmed'
        : 'not open';
    const proposal = this.proposals[kind];
    if (proposal?.reason !== reason) {
      this.proposals[kind] = { reason, by };
      return 'proposed';
    }
    if (proposal.by === by) return 'own proposal';
    this.decided = { kind, reason };
    return 'confirmed';
  }
}

test('P-D6 whatever three members of staff say about a request, it is decided by two who say the same, and any two can', async () => {
  const decision = fc.record({
    kind: fc.constantFrom('verify' as const, 'refuse' as const),
    reason: fc.constantFrom(0, 1),
  });
  const act = fc.record({ by: member, decision });
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { maxLength: 8 }),
      pair,
      decision,
      async (acts, [one, other], last) => {
        const [requestId, drawn] = [await openRequest(), new Decisions()];
        for (const { by, decision: said } of acts)
          expect(await decide(requestId, by, said)).toBe(drawn.say(by, said));
        const isOpen = drawn.decided === null;
        const [first, second] = [STAFF[one!]!, STAFF[other!]!];
        await decide(requestId, first, last);
        const answer = await decide(requestId, second, last);
        // Where the second one had proposed it, the first one's word was the confirmation.
        if (isOpen) expect(answer).toBe('confirmed');
        else expect(answer).toBe(drawn.say(second, last));
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);

test('nobody of staff decides about somebody who is not there', async () => {
  expect(await hold(randomUUID(), STAFF[0]!, { reason: 'legal claim', until: UNTIL[0]! })).toBe(
    'not known',
  );
});
