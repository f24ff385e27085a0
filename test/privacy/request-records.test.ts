import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createReconcileRequests } from '../../activities/reconcile-requests.ts';
import { createRequestActivities } from '../../activities/request-activities.ts';
import type { RequestActivities } from '../../activities/request-activities.ts';
import { PHRASE_TRIES_A_DAY, REQUEST_ENDS } from '../../domain/privacy-request.ts';
import type { Channel } from '../../domain/channels.ts';
import { SealBroken } from '../../lib/crypto/envelope.ts';
import type { KeyRing } from '../../lib/crypto/key-ring.ts';
import { CodeHash, newRequestCodes } from '../../lib/crypto/request-codes.ts';
import { openSubjectKey } from '../../lib/crypto/subject-cipher.ts';
import { SubjectKeyCache } from '../../lib/crypto/subject-key-cache.ts';
import { createLog } from '../../lib/log.ts';
import { confirmByPhrase } from '../../store/requests/confirm-by-phrase.ts';
import type { Database } from '../../store/database.ts';
import { holdSubject } from '../../store/erasure/holds.ts';
import { People } from '../../store/people/people.ts';
import { proveAccount } from '../../store/requests/request-accounts.ts';
import { readContact } from '../../store/requests/request-contact.ts';
import { beginWork, saveProof } from '../../store/requests/request-work.ts';
import {
  createRequest,
  findUnheardRequests,
  recordStep,
  withdrawRequest,
} from '../../store/requests/requests.ts';
import { Tombstones } from '../../store/erasure/tombstones.ts';
import { inTransaction } from '../../store/transaction.ts';
import { deadlyStep } from '../support/deadly-step.ts';
import { insertSilentPeople } from '../support/silent-people.ts';
import { createStorage } from '../support/storage.ts';

const { db, ring, people } = await createStorage();
const codeHash = new CodeHash(ring);
const HOUR_MS = 3_600_000;
const logger = new DefaultLogger('ERROR');

const activitiesOf = (database: Database, keys: KeyRing): RequestActivities =>
  createRequestActivities({
    db: database,
    people: new People({ ring: keys, cache: new SubjectKeyCache({ capacity: 10, now: Date.now }) }),
    ring: keys,
    tombstones: new Tombstones(keys),
    privacy: {} as Client,
    modelRetentionMs: 0,
    certify: () => Promise.resolve(),
    tellPerson: () => Promise.resolve(),
    mailPerson: () => Promise.resolve(),
    log: createLog('test', { write: () => undefined }),
  });
const act = activitiesOf(db, ring);

/** The number that the requests name. */
const NAMED = '+15550100000';

async function receive({ agoMs = 0, isOfBoth = false } = {}) {
  const { code, phrase } = newRequestCodes();
  const { requestId } = await inTransaction(db, (trx) =>
    createRequest(trx, people, {
      right: 'erasure',
      intake: 'form',
      receivedAt: new Date(Date.now() - agoMs),
      codeHash: codeHash.of('code', code),
      phrase: { text: phrase, hash: codeHash.of('phrase', phrase) },
      accounts: isOfBoth ? ['whatsapp', 'instagram'] : ['whatsapp'],
      contact: { whatsapp: NAMED, ...(isOfBoth ? { instagram: 'example' } : {}) },
    }),
  );
  return { requestId, phrase };
}

/** Someone who has written, and can send a phrase: from the number that requests name, unless told. */
async function somebody({ channel = 'whatsapp' as Channel, number = NAMED } = {}) {
  const [person] = await insertSilentPeople(db, ring, { count: 1, days: 1 });
  const subjectId = person?.id ?? '';
  const to = { kind: 'whatsapp phone', value: number } as const;
  const userId = { kind: `${channel} user id` as const, value: subjectId };
  const identifiers = [userId, ...(channel === 'whatsapp' ? [to] : [])] as const;
  const say = (phrase: string) =>
    inTransaction(db, (trx) =>
      confirmByPhrase(trx, { people, codeHash }, phrase, {
        subjectId,
        person: { channel, account: 'account', identifiers },
        to,
      }),
    );
  return { subjectId, to, say };
}

const withdraw = (requestId: string) => inTransaction(db, (trx) => withdrawRequest(trx, requestId));
const look = (requestId: string, isLastLook = false) =>
  inTransaction(db, (trx) => beginWork(trx, people, { requestId, isLastLook }));
const prove = (requestId: string, subjectId: string) =>
  inTransaction(db, (trx) =>
    saveProof(trx, { requestId, subjectId, proof: {} as never, lastForeignCopyMs: 0 }),
  );
const rowOf = (requestId: string) =>
  db
    .selectFrom('mayfly.requests')
    .selectAll()
    .where('id', '=', requestId)
    .executeTakeFirstOrThrow();
const keyOf = (requestId: string) =>
  db
    .selectFrom('keys.subject_keys')
    .selectAll()
    .where('subject_id', '=', requestId)
    .executeTakeFirst();
const subjectsOf = (requestId: string) =>
  db
    .selectFrom('mayfly.request_subjects')
    .selectAll()
    .where('request_id', '=', requestId)
    .execute();
const ledgerOf = async (requestId: string) =>
  (
    await db
      .selectFrom('mayfly.ledger')
      .select(['action', 'details'])
      .where('request_id', '=', requestId)
      .orderBy('position')
      .execute()
  ).map(({ action, details }) => ({ action, ...details }));

type CopiedKey = NonNullable<Awaited<ReturnType<typeof keyOf>>>;

function expectNoise({
  subject_id: id,
  bucket,
  bucket_version: version,
  wrapped_key: wrapped,
}: CopiedKey): void {
  expect(() => openSubjectKey(ring, id, { bucket, version: BigInt(version), wrapped })).toThrow(
    SealBroken,
  );
}

test.each(REQUEST_ENDS)(
  'a request that ends as "%s" keeps nothing of who made it, and no key that opens a copy',
  async (end) => {
    const { requestId } = await receive();
    const copy = await keyOf(requestId);
    if (copy === undefined) throw new Error('a request has a key');
    openSubjectKey(ring, requestId, {
      bucket: copy.bucket,
      version: BigInt(copy.bucket_version),
      wrapped: copy.wrapped_key,
    });
    await inTransaction(db, (trx) =>
      proveAccount(trx, { requestId, subjectIds: [randomUUID()], channel: 'whatsapp' }),
    );
    await act.recordState({ requestId, state: end });
    await act.closeRequest({ requestId, reason: 'some reason' });
    expect(await rowOf(requestId)).toMatchObject({
      sealed_contact: null,
      sealed_phrase: null,
      contact_bucket: null,
      reason: 'some reason',
    });
    expect((await rowOf(requestId)).closed_at).not.toBeNull();
    expect(await subjectsOf(requestId)).toEqual([]);
    expect(await keyOf(requestId)).toBeUndefined();
    expectNoise(copy);
    expect(await ledgerOf(requestId)).toEqual([{ action: 'request ended', end }]);
  },
);

test('the end of a request that is killed at any step is completed by the next try, and recorded once', async () => {
  let step = 0;
  for (let wasKilled = true; wasKilled;) {
    step += 1;
    const { requestId } = await receive();
    const copy = (await keyOf(requestId)) as CopiedKey;
    await act.recordState({ requestId, state: 'not verified' });
    const dying = deadlyStep(db, ring, step);
    wasKilled = await activitiesOf(dying.db, dying.ring)
      .closeRequest({ requestId, reason: null })
      .then(
        () => false,
        () => true,
      );
    await act.closeRequest({ requestId, reason: null });
    expect(await rowOf(requestId)).toMatchObject({ sealed_contact: null, contact_bucket: null });
    expectNoise(copy);
    expect(await ledgerOf(requestId)).toHaveLength(1);
  }
  expect(step).toBeGreaterThan(10);
});

test('a request is forgotten when it is answered, and stays open until the rest has expired elsewhere', async () => {
  const { requestId } = await receive();
  await act.recordState({ requestId, state: 'erased here' });
  await act.forgetContact({ requestId, reason: 'not every account was confirmed' });
  expect(await rowOf(requestId)).toMatchObject({ sealed_contact: null, closed_at: null });
  expect((await look(requestId)).isAnswered).toBe(true);
  await act.recordState({ requestId, state: 'finished' });
  await act.closeRequest({ requestId, reason: null });
  expect((await rowOf(requestId)).reason).toBe('not every account was confirmed');
});

test('a request that was stopped between dropping its contact data and its end is not taken for an answered one', async () => {
  const { requestId } = await receive();
  await withdraw(requestId);
  await act.forgetContact({ requestId, reason: null });
  expect(await look(requestId)).toMatchObject({ isWithdrawn: true, isAnswered: false });
  const erased = await receive();
  await recordStep(db, erased.requestId, 'erased here');
  expect(await look(erased.requestId)).toMatchObject({ isAnswered: false });
  await act.forgetContact({ requestId: erased.requestId, reason: null });
  expect(await look(erased.requestId)).toMatchObject({ isAnswered: true });
});

test('a request that ends while the schedule looks for lost ones is not started again', async () => {
  const [ending, lost] = [await receive(), await receive()];
  const started: string[] = [];
  const requests = {
    // Each request has no workflow; one of them because it ends at this very moment.
    isRunning: async (requestId: string) => {
      if (requestId === ending.requestId) {
        await recordStep(db, requestId, 'not verified');
        await act.closeRequest({ requestId, reason: null });
      }
      return false;
    },
    start: ({ requestId }: { requestId: string }) => Promise.resolve(void started.push(requestId)),
    tell: () => Promise.resolve(),
  };
  const log = createLog('test', { write: () => undefined });
  const reconcile = createReconcileRequests({
    db,
    requests,
    tombstones: new Tombstones(ring),
    log,
  });
  await new MockActivityEnvironment({}, { logger }).run(reconcile.restartLostRequests);
  expect(started).toContain(lost.requestId);
  expect(await ledgerOf(lost.requestId)).toEqual([{ action: 'request restarted' }]);
  expect(await ledgerOf(ending.requestId)).not.toContainEqual({ action: 'request restarted' });
  expect(started).not.toContain(ending.requestId);
  expect((await rowOf(ending.requestId)).state).toBe('not verified');
});

test('an alert and a miss that are told again are in the ledger once', async () => {
  const { requestId } = await receive();
  for (const hoursLeft of [48, 42]) await act.alertStaff({ requestId, afterHours: 24, hoursLeft });
  await act.alertStaff({ requestId, afterHours: 48, hoursLeft: 24 });
  await act.recordMiss({ requestId });
  await act.recordMiss({ requestId });
  expect(await ledgerOf(requestId)).toEqual([
    { action: 'alert', hours: 24 },
    { action: 'alert', hours: 48 },
    { action: 'deadline missed' },
  ]);
});

test('taking back and beginning to erase exclude each other, whoever comes first', async () => {
  for (let round = 0; round < 20; round += 1) {
    const { requestId, phrase } = await receive();
    await (await somebody()).say(phrase);
    const early = round % 2 === 0 ? withdraw(requestId) : null;
    const looking = look(requestId);
    const [taken, work] = await Promise.all([early ?? withdraw(requestId), looking]);
    expect({ taken, isWithdrawn: work.isWithdrawn }).toEqual({
      taken,
      isWithdrawn: taken === 'withdrawn',
    });
    expect((await rowOf(requestId)).state).toBe(taken === 'withdrawn' ? 'received' : 'working');
  }
});

test('a request of which one account is erased cannot be taken back, although it waits for the other', async () => {
  const { requestId, phrase } = await receive({ isOfBoth: true });
  const one = await somebody();
  await one.say(phrase);
  expect((await look(requestId)).subjectIds).toEqual([one.subjectId]);
  await prove(requestId, one.subjectId);
  await inTransaction(db, (trx) => recordStep(trx, requestId, 'confirm it is you'));
  expect(await withdraw(requestId)).toBe('too late');
  expect(await look(requestId)).toMatchObject({
    subjectIds: [],
    proven: 1,
    channelsNamed: 2,
    isWithdrawn: false,
  });
});

test.each([
  ['looked at for the last time', (requestId: string) => look(requestId, true)],
  [
    'refused by two of staff',
    (requestId: string) =>
      db
        .updateTable('mayfly.requests')
        .set({ refused_at: new Date() })
        .where('id', '=', requestId)
        .execute(),
  ],
])('P-D6 a request that was %s has its answer, and cannot be taken back', async (_case, answer) => {
  const { requestId } = await receive();
  await answer(requestId);
  expect(await withdraw(requestId)).toBe('too late');
  expect((await rowOf(requestId)).withdrawn_at).toBeNull();
});

test('a phrase confirms the request that it was made for, and the chat in which the answer is told', async () => {
  const [mine, other] = [await receive(), await receive()];
  const me = await somebody();
  expect(await me.say(mine.phrase)).toBe(mine.requestId);
  expect((await subjectsOf(mine.requestId)).map(({ subject_id }) => subject_id)).toEqual([
    me.subjectId,
  ]);
  expect(await subjectsOf(other.requestId)).toEqual([]);
  const contact = await inTransaction(db, (trx) => readContact(trx, people, mine.requestId));
  expect(contact?.chats).toEqual([{ channel: 'whatsapp', account: 'account', to: me.to }]);
});

test.each([
  ['taken back', ({ requestId }: { requestId: string }) => withdraw(requestId)],
  ['looked at for the last time', ({ requestId }: { requestId: string }) => look(requestId, true)],
  [
    'answered',
    ({ requestId }: { requestId: string }) => act.forgetContact({ requestId, reason: null }),
  ],
])('the phrase of a request that was %s confirms nothing', async (_case, end) => {
  const request = await receive();
  await end(request);
  expect(await (await somebody()).say(request.phrase)).toBeNull();
  expect(await subjectsOf(request.requestId)).toEqual([]);
});

test('a phrase is good for the 72 hours of its request and not for a moment longer', async () => {
  const [late, early] = [
    await receive({ agoMs: 72 * HOUR_MS + 1 }),
    await receive({ agoMs: 72 * HOUR_MS - 60_000 }),
  ];
  const me = await somebody();
  expect(await me.say(late.phrase)).toBeNull();
  expect(await me.say(early.phrase)).toBe(early.requestId);
});

test('a confirmation at the moment of the last look is either seen by it or refused', async () => {
  for (let round = 0; round < 20; round += 1) {
    const { requestId, phrase } = await receive();
    const me = await somebody();
    const [work, confirmed] = await Promise.all([look(requestId, true), me.say(phrase)]);
    expect(work.subjectIds).toEqual(confirmed === null ? [] : [me.subjectId]);
  }
});

test('who has tried ten phrases within a day is heard no more that day, not even with the right one, and then again', async () => {
  const { requestId, phrase } = await receive();
  const [guesser, owner] = [await somebody(), await somebody()];
  for (let tries = 0; tries < PHRASE_TRIES_A_DAY; tries += 1)
    expect(await guesser.say(newRequestCodes().phrase)).toBeNull();
  expect(await guesser.say(phrase)).toBeNull();
  expect(await subjectsOf(requestId)).toEqual([]);
  expect(await owner.say(phrase)).toBe(requestId);
  const yesterday = new Date(Date.now() - 24 * HOUR_MS);
  await db
    .updateTable('mayfly.subjects')
    .set({ phrase_tries_since: yesterday })
    .where('id', '=', guesser.subjectId)
    .execute();
  expect(await guesser.say(phrase)).toBe(requestId);
});

/** Two members of staff hold somebody for an hour. */
async function hold(subjectId: string): Promise<Date> {
  const until = new Date(Date.now() + HOUR_MS);
  for (const by of ['1'.repeat(32), '2'.repeat(32)]) {
    await inTransaction(db, (trx) =>
      holdSubject(trx, { subjectId, reason: 'legal claim', until, by }),
    );
  }
  return until;
}

const subjectOf = (subjectId: string) =>
  db
    .selectFrom('mayfly.subjects')
    .select(['erasing_at', 'destroying_at'])
    .where('id', '=', subjectId)
    .executeTakeFirstOrThrow();

test('whoever is held is fenced off and not among those to erase, and the request is told when the hold is over', async () => {
  const { requestId, phrase } = await receive({ isOfBoth: true });
  const [held, free] = [await somebody(), await somebody({ channel: 'instagram' })];
  const until = await hold(held.subjectId);
  await held.say(phrase);
  const isUnheard = async () =>
    (await findUnheardRequests(db, 1000)).some((one) => one.requestId === requestId);
  expect(await isUnheard()).toBe(false);
  await free.say(phrase);
  expect(await isUnheard()).toBe(true);
  const work = await act.beginWork({ requestId, isLastLook: false });
  expect(work).toMatchObject({ subjectIds: [free.subjectId], heldUntilMs: until.getTime() });
  expect(await subjectOf(held.subjectId)).toMatchObject({
    erasing_at: expect.any(Date),
    destroying_at: null,
  });
  expect((await subjectOf(free.subjectId)).erasing_at).toBeNull();
  expect((await rowOf(requestId)).state).toBe('working');
  await prove(requestId, free.subjectId);
  expect(await isUnheard()).toBe(false);

  await db
    .updateTable('mayfly.holds')
    .set({ expires_at: new Date(Date.now() - 1000) })
    .where('subject_id', '=', held.subjectId)
    .execute();
  expect(await isUnheard()).toBe(true);
  expect(await look(requestId)).toMatchObject({ subjectIds: [held.subjectId], heldUntilMs: 0 });
});

test('a request that was taken back, or that two of staff refused, fences off nobody, held or not', async () => {
  const ends = { withdrawn_at: new Date(), refused_at: new Date() };
  for (const [column, at] of Object.entries(ends)) {
    const { requestId, phrase } = await receive();
    const me = await somebody();
    await hold(me.subjectId);
    await me.say(phrase);
    await db
      .updateTable('mayfly.requests')
      .set({ [column]: at })
      .where('id', '=', requestId)
      .execute();
    await act.beginWork({ requestId, isLastLook: false });
    expect((await subjectOf(me.subjectId)).erasing_at).toBeNull();
    expect((await rowOf(requestId)).state).toBe('received');
  }
});

test('the phrase of a request that two of staff refused confirms nothing any more', async () => {
  const { requestId, phrase } = await receive();
  const update = db.updateTable('mayfly.requests').where('id', '=', requestId);
  await update.set({ refused_at: new Date() }).execute();
  expect(await (await somebody()).say(phrase)).toBeNull();
  expect(await look(requestId)).toMatchObject({ isRefused: true, subjectIds: [] });
});

test('requests that were confirmed or taken back are found as long as nobody looked, and no others', async () => {
  const [confirmed, taken, waiting] = [await receive(), await receive(), await receive()];
  const me = await somebody();
  await me.say(confirmed.phrase);
  await withdraw(taken.requestId);
  const mine = async () => {
    const ids = [confirmed, taken, waiting].map(({ requestId }) => requestId);
    return (await findUnheardRequests(db, 1000)).filter(({ requestId }) => ids.includes(requestId));
  };
  expect(await mine()).toHaveLength(2);
  expect(await mine()).toEqual(
    expect.arrayContaining([
      { requestId: confirmed.requestId, news: 'confirmed' },
      { requestId: taken.requestId, news: 'withdrawn' },
    ]),
  );
  await look(confirmed.requestId);
  await prove(confirmed.requestId, me.subjectId);
  expect(await mine()).toEqual([{ requestId: taken.requestId, news: 'withdrawn' }]);
});
