import type { Address, Identifier, PersonReference } from '../../../domain/events.ts';
import { readAddress } from '../../../store/people/addresses.ts';
import { storeMessages } from '../../../store/conversation/inbox.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { createStorage } from '../../support/storage.ts';

const { db, people } = await createStorage();
const NOW = new Date();

const phone = (value: string): Address => ({ kind: 'whatsapp phone', value });
const userId = (value: string): Address => ({ kind: 'whatsapp user id', value });
const named = (...identifiers: [Address, ...Address[]]): PersonReference => ({
  channel: 'whatsapp',
  account: 'a',
  identifiers,
});

let count = 0;
/** Identifiers that nobody had before, by letters of the test's own. */
function fresh() {
  count += 1;
  const run = count;
  return {
    P: (n: number) => phone(`+155502${String(run * 10 + n).padStart(5, '0')}`),
    U: (n: number) => userId(`US.${run}x${n}`),
  };
}

const meet = async (...identifiers: [Address, ...Address[]]) =>
  (await inTransaction(db, (trx) => people.findOrCreate(trx, named(...identifiers), NOW)))
    .subjectId;
const find = async (...identifiers: [Address, ...Address[]]) =>
  (await inTransaction(db, (trx) => people.find(trx, named(...identifiers))))?.subjectId ?? null;
const change = async (before: [Address, ...Address[]], next: Identifier[]) =>
  (
    await inTransaction(db, (trx) =>
      people.changeIdentifiers(trx, { account: 'a', identifiers: before }, next),
    )
  )?.subjectId ?? null;

async function write(address: Address, ...identifiers: [Address, ...Address[]]): Promise<string> {
  return inTransaction(db, async (trx) => {
    const cipher = await people.findOrCreate(trx, named(...identifiers), NOW);
    const content = { kind: 'text', text: 'hello' } as const;
    await storeMessages(trx, cipher, [
      { providerId: crypto.randomUUID(), at: NOW, content, address },
    ]);
    return cipher.subjectId;
  });
}
const addressOf = (subjectId: string) =>
  inTransaction(db, async (trx) => readAddress(trx, await people.cipher(trx, subjectId)));
const aliasesOf = async (subjectId: string) =>
  (
    await db
      .selectFrom('keys.identifiers')
      .select('kind')
      .where('subject_id', '=', subjectId)
      .orderBy('kind')
      .execute()
  ).map(({ kind }) => kind);

describe('a person is found', () => {
  test('by either identifier once one webhook has named both', async () => {
    const { P, U } = fresh();
    const subject = await meet(P(1));
    expect(await meet(U(1), P(1))).toBe(subject);
    expect(await find(U(1))).toBe(subject);
    expect(await aliasesOf(subject)).toEqual(['whatsapp phone', 'whatsapp user id']);
  });

  test('on one business account only', async () => {
    const { P } = fresh();
    await meet(P(1));
    const elsewhere = { ...named(P(1)), account: 'b' };
    expect(await inTransaction(db, (trx) => people.find(trx, elsewhere))).toBeNull();
  });

  test('by one identifier of each kind at most: another number with the same user id replaces the first', async () => {
    const { P, U } = fresh();
    const subject = await meet(U(1), P(1));
    expect(await meet(U(1), P(2))).toBe(subject);
    expect(await find(P(2))).toBe(subject);
    expect(await find(P(1))).toBeNull();
    expect(await aliasesOf(subject)).toEqual(['whatsapp phone', 'whatsapp user id']);
  });

  test('as one person when twenty webhooks of a newcomer arrive at once, however they are named', async () => {
    const { P, U } = fresh();
    const subjects = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? meet(U(1), P(1)) : meet(P(1)))),
    );
    expect(new Set(subjects).size).toBe(1);
  });
});

describe('a number that was passed on', () => {
  test('makes a new person when its new holder, by another user id, writes from it', async () => {
    const { P, U } = fresh();
    const before = await meet(U(1), P(1));
    const after = await meet(U(2), P(1));
    expect(after).not.toBe(before);
    expect(await find(P(1))).toBe(after);
    expect(await find(U(1))).toBe(before);
    expect(await aliasesOf(before)).toEqual(['whatsapp user id']);
  });

  test('moves to the subject of the user id when that one is known already', async () => {
    const { P, U } = fresh();
    const holder = await meet(U(1), P(1));
    const other = await meet(U(2));
    expect(await meet(U(2), P(1))).toBe(other);
    expect(await find(P(1))).toBe(other);
    expect(await aliasesOf(holder)).toEqual(['whatsapp user id']);
  });

  test('takes with it the address of the one who had it, so that nothing for them is sent there', async () => {
    const { P, U } = fresh();
    const before = await write(P(1), U(1), P(1));
    expect(await addressOf(before)).toEqual(P(1));
    const after = await write(P(1), U(2), P(1));
    expect(await addressOf(before)).toBeNull();
    expect(await addressOf(after)).toEqual(P(1));
  });

  test('leaves an address alone that is not this number', async () => {
    const { P, U } = fresh();
    const before = await write(U(1), U(1), P(1));
    await meet(U(2), P(1));
    expect(await addressOf(before)).toEqual(U(1));
  });

  test('does not find its earlier holder for a webhook that names the new user id', async () => {
    const { P, U } = fresh();
    const before = await meet(U(1), P(1));
    expect(await find(U(2), P(1))).toBeNull();
    expect(await find(P(1))).toBe(before);
  });

  test('is right for every message of a batch in which it is passed on', async () => {
    const { P, U } = fresh();
    const [first, passedOn, back, byNumber] = await inTransaction(db, async (trx) => {
      const meetIn = (...identifiers: [Address, ...Address[]]) =>
        people.findOrCreate(trx, named(...identifiers), NOW);
      return [
        await meetIn(U(1), P(1)),
        await meetIn(U(2), P(1)),
        await meetIn(U(1), P(1)),
        await meetIn(P(1)),
      ];
    });
    expect(passedOn.subjectId).not.toBe(first.subjectId);
    expect(back.subjectId).toBe(first.subjectId);
    expect(byNumber.subjectId).toBe(first.subjectId);
  });
});

describe('when Meta says that identifiers changed', () => {
  test('the subject is found by the new ones and not by the old ones', async () => {
    const { P, U } = fresh();
    const subject = await meet(U(1), P(1));
    expect(await change([U(1), P(1)], [U(2), P(2)])).toBe(subject);
    expect([await find(U(2)), await find(P(2))]).toEqual([subject, subject]);
    expect([await find(U(1)), await find(P(1))]).toEqual([null, null]);
    expect(await aliasesOf(subject)).toEqual(['whatsapp phone', 'whatsapp user id']);
  });

  test('a kind that the change does not name stays', async () => {
    const { P, U } = fresh();
    const subject = await meet(U(1), P(1));
    await change([U(1), P(1)], [U(2)]);
    expect([await find(U(1)), await find(P(1)), await find(U(2))]).toEqual([
      null,
      subject,
      subject,
    ]);
  });

  test('a user id that we did not know the old one of replaces the one we knew', async () => {
    const { P, U } = fresh();
    const subject = await meet(U(1), P(1));
    await change([P(1)], [U(2), P(2)]);
    expect([await find(U(1)), await find(U(2)), await find(P(2))]).toEqual([
      null,
      subject,
      subject,
    ]);
  });

  test('the address that is held becomes the new one', async () => {
    const { P, U } = fresh();
    const subject = await write(P(1), U(1), P(1));
    await change([U(1), P(1)], [U(2), P(2)]);
    expect(await addressOf(subject)).toEqual(P(2));
  });

  test('no address comes out of a change when none was held', async () => {
    const { P, U } = fresh();
    const subject = await meet(U(1), P(1));
    await change([U(1), P(1)], [U(2), P(2)]);
    expect(await addressOf(subject)).toBeNull();
  });

  test('a new number that leads to somebody else stays with them, and nobody is joined', async () => {
    const { P, U } = fresh();
    const subject = await write(P(1), U(1), P(1));
    const other = await write(P(2), U(9), P(2));
    expect(await change([U(1), P(1)], [P(2)])).toBe(subject);
    expect([await find(P(2)), await find(U(9))]).toEqual([other, other]);
    expect([await find(P(1)), await find(U(1))]).toEqual([null, subject]);
    expect([await addressOf(subject), await addressOf(other)]).toEqual([null, P(2)]);
  });

  test('who wrote from the new number before Meta told of it is not joined with who they were', async () => {
    const { P, U } = fresh();
    const before = await meet(U(1), P(1));
    const after = await meet(U(2), P(2));
    await change([U(1), P(1)], [U(2), P(2)]);
    expect([await find(U(2)), await find(P(2))]).toEqual([after, after]);
    expect([await find(U(1)), await find(P(1))]).toEqual([null, null]);
    expect(await aliasesOf(before)).toEqual([]);
  });

  test("a new number that its earlier holder left is the person's as soon as they write from it", async () => {
    const { P, U } = fresh();
    const subject = await meet(U(1), P(1));
    const earlier = await meet(P(2));
    await change([U(1), P(1)], [U(2), P(2)]);
    expect(await find(P(2))).toBe(earlier);
    expect(await meet(U(2), P(2))).toBe(subject);
    expect(await find(P(2))).toBe(subject);
  });

  test('a number that was given up finds nobody, also when another subject had it', async () => {
    const { P, U } = fresh();
    const subject = await meet(U(1));
    const sameNumber = await write(P(1), P(1));
    expect(await change([U(1), P(1)], [U(2), P(2)])).toBe(subject);
    expect(await find(P(1))).toBeNull();
    expect(await addressOf(sameNumber)).toBeNull();
    expect(await meet(U(5), P(1))).not.toBe(sameNumber);
  });

  test('a person whom we do not know gains nothing', async () => {
    const { P, U } = fresh();
    expect(await change([U(1), P(1)], [U(2), P(2)])).toBeNull();
    expect(await find(P(2))).toBeNull();
  });

  test('being told twice changes nothing more', async () => {
    const { P, U } = fresh();
    const subject = await meet(U(1), P(1));
    await change([U(1), P(1)], [U(2), P(2)]);
    expect(await change([U(1), P(1)], [U(2), P(2)])).toBeNull();
    expect([await find(U(2)), await find(P(2))]).toEqual([subject, subject]);
  });

  test('a message in the same webhook leads to the right person, before and after', async () => {
    const { P, U } = fresh();
    const subjects = await inTransaction(db, async (trx) => {
      const before = await people.findOrCreate(trx, named(U(1), P(1)), NOW);
      await people.changeIdentifiers(trx, named(U(1), P(1)), [U(2), P(2)]);
      const after = await people.findOrCreate(trx, named(U(2), P(2)), NOW);
      const stranger = await people.findOrCreate(trx, named(U(1), P(1)), NOW);
      return [before, after, stranger].map(({ subjectId }) => subjectId);
    });
    expect(subjects[1]).toBe(subjects[0]);
    expect(subjects[2]).not.toBe(subjects[0]);
  });

  test('a change and messages of both numbers at once end without an error and without joining anyone', async () => {
    const { P, U } = fresh();
    const before = await meet(U(1), P(1));
    const results = await Promise.all([
      change([U(1), P(1)], [U(2), P(2)]),
      ...Array.from({ length: 6 }, (_, n) => (n % 2 === 0 ? meet(U(2), P(2)) : meet(U(7), P(1)))),
    ]);
    expect(results).toHaveLength(7);
    const [newHolder, person] = [await find(U(7)), await find(U(2))];
    expect(newHolder).not.toBe(person);
    expect(newHolder).not.toBe(before);
    expect(await find(P(1))).toBe(newHolder);
    expect(await find(P(2))).toBe(person);
  });
});
