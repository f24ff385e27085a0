import { randomUUID } from 'node:crypto';
import {
  excusedWhenHeldSince,
  overdueWhenSilentSince,
  purgedWhenSilentSince,
} from '../../../domain/purge.ts';
import { BUCKETS } from '../../../lib/crypto/key-ring.ts';
import {
  beginDestroying,
  countHeld,
  endExpiredHolds,
  holdSubject,
} from '../../../store/erasure/holds.ts';
import { liftHold } from '../../../store/erasure/lift-hold.ts';
import { eraseTaken } from '../../../store/erasure/erase-taken.ts';
import { countOverdue } from '../../../store/erasure/overdue.ts';
import { takeSilentPeople } from '../../../store/erasure/purge.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { insertSilentPeople } from '../../support/silent-people.ts';
import { createStorage } from '../../support/storage.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const { db, ring } = await createStorage();
const [FIRST, SECOND] = ['1'.repeat(32), '2'.repeat(32)] as [string, string];
const EVERY_BUCKET = Array.from({ length: BUCKETS }, (_, bucket) => bucket);
const inAMonth = new Date(Date.now() + 30 * DAY_MS);

const hold = (subjectId: string, by: string, until = inAMonth) =>
  inTransaction(db, (trx) => holdSubject(trx, { subjectId, reason: 'legal claim', until, by }));
const lift = (subjectId: string, by: string) =>
  inTransaction(db, (trx) => liftHold(trx, { subjectId, by }));
const destroy = (subjectId: string) => inTransaction(db, (trx) => beginDestroying(trx, subjectId));

async function silent(days: number): Promise<string> {
  const [person] = await insertSilentPeople(db, ring, { count: 1, days });
  return person?.id ?? '';
}
async function heldFor(days: number): Promise<string> {
  const id = await silent(days);
  expect(await hold(id, FIRST)).toBe('proposed');
  expect(await hold(id, SECOND)).toBe('placed');
  return id;
}
/** The hold ended so long ago, by itself. */
const endedAgo = (subjectId: string, ms: number) =>
  db
    .updateTable('mayfly.holds')
    .set({ expires_at: new Date(Date.now() - ms) })
    .where('subject_id', '=', subjectId)
    .execute();

async function purge(): Promise<void> {
  const purgeId = randomUUID();
  const since = purgedWhenSilentSince(new Date());
  await takeSilentPeople(db, { purgeId, buckets: EVERY_BUCKET, since }, () => undefined);
  await eraseTaken(db, purgeId, () => undefined);
}
const overdue = (now = new Date()) =>
  countOverdue(db, { since: overdueWhenSilentSince(now), heldSince: excusedWhenHeldSince(now) });
const isHere = async (id: string) =>
  (await db.selectFrom('mayfly.subjects').select('id').where('id', '=', id).execute()).length === 1;

test('the purge leaves people who are held, who are not overdue but counted, and takes all others', async () => {
  const [held, proposed, lifted, expired, free] = [
    await heldFor(120),
    await silent(120),
    await heldFor(120),
    await heldFor(120),
    await silent(120),
  ] as const;
  await hold(proposed, FIRST);
  await lift(lifted, FIRST);
  expect(await lift(lifted, SECOND)).toEqual(['lifted']);
  await endedAgo(expired, HOUR_MS);
  expect(await countHeld(db)).toBe(1);
  await purge();
  const left = await Promise.all([held, proposed, lifted, expired, free].map(isHere));
  expect(left).toEqual([true, false, false, false, false]);
  expect(await overdue()).toBe(0);
  const holds = await db.selectFrom('mayfly.holds').select('subject_id').execute();
  expect(holds).toEqual([{ subject_id: held }]);
  await endedAgo(held, HOUR_MS);
  await purge();
  expect(await isHere(held)).toBe(false);
});

test('whoever comes out of a hold is overdue only when the time of the purge for them is over', async () => {
  const [waits, late] = [await heldFor(120), await heldFor(120)];
  await endedAgo(waits, 2 * DAY_MS);
  await endedAgo(late, 3 * DAY_MS);
  expect(await overdue()).toBe(1);
  await purge();
  expect(await overdue()).toBe(0);
});

test('somebody who was once held and lifted early is overdue by the day of the lifting, not of the expiry', async () => {
  const id = await heldFor(120);
  const update = db.updateTable('mayfly.holds').where('subject_id', '=', id);
  await update.set({ lifted_at: new Date(Date.now() - 3 * DAY_MS) }).execute();
  expect(await overdue()).toBe(1);
  await purge();
});

test('of a hold and a purge that come at the same time one wins whole, every time', async () => {
  for (let round = 0; round < 15; round += 1) {
    const id = await silent(120);
    await hold(id, FIRST);
    const [result] = await Promise.all([hold(id, SECOND), purge()]);
    expect([result, await isHere(id)]).toEqual(
      result === 'placed' ? ['placed', true] : [expect.stringMatching(/too late|not known/), false],
    );
  }
});

test('of a hold and an erasure that come at the same time one wins whole, every time', async () => {
  const results = new Set<string>();
  for (let round = 0; round < 15; round += 1) {
    const id = await silent(1);
    await hold(id, FIRST);
    const [result, heldUntil] = await Promise.all([hold(id, SECOND), destroy(id)]);
    results.add(result);
    expect([result, heldUntil]).toEqual(
      result === 'placed' ? ['placed', inAMonth] : ['too late', null],
    );
  }
  expect(results.size).toBeGreaterThan(0);
});

test('once an erasure has begun to destroy, nothing can hold the person any more, and it can be asked again', async () => {
  const id = await silent(1);
  expect(await destroy(id)).toBeNull();
  expect(await destroy(id)).toBeNull();
  expect(await hold(id, FIRST)).toBe('too late');
  expect(await destroy(randomUUID())).toBeNull();
});

test('two who confirm the same proposal at the same time make one hold, and nobody confirms their own', async () => {
  const id = await silent(1);
  await hold(id, FIRST);
  const [third, fourth] = ['3'.repeat(32), '4'.repeat(32)] as [string, string];
  const results = await Promise.all([hold(id, FIRST), hold(id, third), hold(id, fourth)]);
  expect(results.filter((result) => result === 'placed')).toHaveLength(1);
  const rows = await db
    .selectFrom('mayfly.holds')
    .selectAll()
    .where('subject_id', '=', id)
    .execute();
  expect(rows).toHaveLength(1);
  expect(rows[0]?.confirmed_by).not.toBe(rows[0]?.proposed_by);
});

test('the database itself refuses a hold that one member of staff confirms alone', async () => {
  const id = await silent(1);
  await hold(id, FIRST);
  const alone = { confirmed_by: FIRST, confirmed_at: new Date() };
  const update = db.updateTable('mayfly.holds').set(alone).where('subject_id', '=', id);
  await expect(update.execute()).rejects.toThrow('check constraint');
});

test('that holds expired is in the ledger once, with how many people, and stale proposals are forgotten', async () => {
  const [one, other, stale] = [await heldFor(1), await heldFor(1), await silent(1)];
  await hold(stale, FIRST);
  for (const id of [one, other, stale]) await endedAgo(id, HOUR_MS);
  const entries = () =>
    db.selectFrom('mayfly.ledger').select('details').where('action', '=', 'hold lifted').execute();
  const before = (await entries()).length;
  await inTransaction(db, endExpiredHolds);
  await inTransaction(db, endExpiredHolds);
  expect((await entries()).slice(before)).toEqual([{ details: { people: 2 } }]);
  const left = await db
    .selectFrom('mayfly.holds')
    .select('id')
    .where('subject_id', '=', stale)
    .execute();
  expect(left).toEqual([]);
});
