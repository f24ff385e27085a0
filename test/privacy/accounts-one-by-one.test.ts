import type { Channel } from '../../domain/channels.ts';
import type { Address, PersonReference } from '../../domain/events.ts';
import { CodeHash, newRequestCodes } from '../../lib/crypto/request-codes.ts';
import { confirmByPhrase } from '../../store/requests/confirm-by-phrase.ts';
import { fenceSubject } from '../../store/erasure/erasure.ts';
import { readPhraseFate } from '../../store/requests/phrase-fate.ts';
import { dropContact } from '../../store/requests/request-contact.ts';
import { beginWork, saveProof } from '../../store/requests/request-work.ts';
import { createRequest, recordStep } from '../../store/requests/requests.ts';
import type { NewContact } from '../../store/requests/requests.ts';
import { Tombstones } from '../../store/erasure/tombstones.ts';
import { inTransaction } from '../../store/transaction.ts';
import { createStorage } from '../support/storage.ts';

const { db, ring, people } = await createStorage();
const codeHash = new CodeHash(ring);
const tombstones = new Tombstones(ring);

let made = 0;
const newNumber = () => `+1555070${String((made += 1)).padStart(4, '0')}`;

/** A person who has written to an account of the business, known by what the webhook names them by. */
async function writes(identifiers: PersonReference['identifiers'], account = 'first') {
  const [{ kind }] = identifiers;
  const channel: Channel = kind.startsWith('instagram') ? 'instagram' : 'whatsapp';
  const person: PersonReference = { channel, account, identifiers };
  const { subjectId } = await inTransaction(db, (trx) =>
    people.findOrCreate(trx, person, new Date()),
  );
  const says = (phrase: string) =>
    inTransaction(db, (trx) =>
      confirmByPhrase(trx, { people, codeHash }, phrase, {
        subjectId,
        person,
        to: identifiers[0],
      }),
    );
  return { subjectId, says };
}

const phone = (value: string): Address => ({ kind: 'whatsapp phone', value });
const userOf = (number: string): Address => ({ kind: 'whatsapp user id', value: `US.${number}` });
const onInstagram = (id: string): Address => ({ kind: 'instagram user id', value: id });

async function receive(contact: NewContact) {
  const { code, phrase } = newRequestCodes();
  const accounts = (['instagram', 'whatsapp'] as const).filter(
    (channel) => contact[channel] !== undefined || contact.asker?.channel === channel,
  );
  const { requestId } = await inTransaction(db, (trx) =>
    createRequest(trx, people, {
      right: 'erasure',
      intake: 'form',
      receivedAt: new Date(),
      codeHash: codeHash.of('code', code),
      phrase: { text: phrase, hash: codeHash.of('phrase', phrase) },
      accounts,
      contact,
    }),
  );
  const look = (isLastLook = false) =>
    inTransaction(db, (trx) => beginWork(trx, people, { requestId, isLastLook }));
  const rowOf = () =>
    db
      .selectFrom('mayfly.requests')
      .selectAll()
      .where('id', '=', requestId)
      .executeTakeFirstOrThrow();
  return { requestId, phrase, look, rowOf };
}

/** As an erasure of theirs does it: fenced off first, and then proven to be gone. */
async function erase(requestId: string, subjectIds: readonly string[]): Promise<void> {
  for (const subjectId of subjectIds) {
    await inTransaction(db, (trx) => fenceSubject(trx, tombstones, subjectId));
    await inTransaction(db, (trx) =>
      saveProof(trx, { requestId, subjectId, proof: {} as never, lastForeignCopyMs: 0 }),
    );
  }
}

const refusalsOf = async (requestId: string) =>
  (
    await db
      .selectFrom('mayfly.ledger')
      .select(['action', 'details'])
      .where('request_id', '=', requestId)
      .where('action', 'in', ['phrase refused', 'identity verified'])
      .orderBy('position')
      .execute()
  ).map(({ details }) => Object.values(details)[0]);

const states = ({ accounts = [] }: Awaited<ReturnType<typeof beginWork>>) =>
  Object.fromEntries(accounts.map(({ channel, state }) => [channel, state]));

test('P-D6 the account that was named is the one that is proven: the phrase from another number proves nothing, and is on record', async () => {
  const [named, other] = [newNumber(), newNumber()];
  const request = await receive({ whatsapp: named });
  const stranger = await writes([userOf(other), phone(other)]);
  expect(await stranger.says(request.phrase)).toBeNull();
  const work = await request.look();
  expect([work.subjectIds, work.proven, states(work)]).toEqual([[], 0, { whatsapp: 'waiting' }]);
  expect(await refusalsOf(request.requestId)).toEqual(['the account is not named']);
  expect((await request.rowOf()).stray_phrase_at).not.toBeNull();
  expect(await readPhraseFate(db, stranger.subjectId)).toBe('not named');

  const me = await writes([userOf(named), phone(named)]);
  expect(await me.says(request.phrase)).toBe(request.requestId);
  expect((await request.look()).subjectIds).toEqual([me.subjectId]);
  expect(await readPhraseFate(db, me.subjectId)).toBe('received');
});

test('P-D6 the phrase from a channel that the request does not name proves nothing', async () => {
  const request = await receive({ whatsapp: newNumber() });
  const stranger = await writes([onInstagram('20000000090001')]);
  expect(await stranger.says(request.phrase)).toBeNull();
  expect(states(await request.look())).toEqual({ whatsapp: 'waiting' });
});

test.each([
  ['Brazil', '+5561998765432', '+556198765432'],
  ['Mexico', '+525512340001', '+5215512340001'],
])(
  'P-D6 a number that is dialled otherwise than WhatsApp writes it is the named one all the same: %s',
  async (_country, dialled, written) => {
    const request = await receive({ whatsapp: dialled });
    const me = await writes([userOf(written), phone(written)]);
    expect(await me.says(request.phrase)).toBe(request.requestId);
  },
);

test('P-D6 where a webhook has no number, the one by which we know the person is compared', async () => {
  const [mine, other] = [newNumber(), newNumber()];
  await writes([userOf(mine), phone(mine)]);
  await writes([userOf(other), phone(other)]);
  const request = await receive({ whatsapp: mine });
  expect(await (await writes([userOf(other)])).says(request.phrase)).toBeNull();
  expect(await (await writes([userOf(mine)])).says(request.phrase)).toBe(request.requestId);
});

test('P-D6 a request that was made in a chat is proven by whoever made it, and by nobody else', async () => {
  const [mine, other] = [newNumber(), newNumber()];
  const me = await writes([userOf(mine), phone(mine)]);
  const request = await receive({ asker: { channel: 'whatsapp', subjectId: me.subjectId } });
  const stranger = await writes([userOf(other), phone(other)]);
  expect(await stranger.says(request.phrase)).toBeNull();
  const elsewhere = await writes([userOf(mine), phone(mine)], 'second');
  expect(await elsewhere.says(request.phrase)).toBe(request.requestId);
  expect((await request.look()).subjectIds.sort()).toEqual(
    [me.subjectId, elsewhere.subjectId].sort(),
  );
});

test('P-D6 complete means each named account: neither the phrase sent twice, nor sent to two numbers of ours, stands for the other one', async () => {
  const number = newNumber();
  const request = await receive({ whatsapp: number, instagram: 'example' });
  const me = await writes([userOf(number), phone(number)]);
  const again = await writes([userOf(number), phone(number)], 'second');
  for (const one of [me, me, again]) await one.says(request.phrase);
  const { subjectIds } = await request.look();
  await erase(request.requestId, subjectIds);
  const work = await request.look();
  expect([work.proven, work.channelsNamed]).toEqual([1, 2]);
  expect(states(work)).toEqual({ instagram: 'waiting', whatsapp: 'erased' });
  expect((await request.rowOf()).door_closed_at).toBeNull();

  const there = await writes([onInstagram('20000000090002')]);
  expect(await there.says(request.phrase)).toBe(request.requestId);
  await erase(request.requestId, (await request.look()).subjectIds);
  const end = await request.look();
  expect([end.proven, end.channelsNamed]).toEqual([2, 2]);
  expect(states(end)).toEqual({ instagram: 'erased', whatsapp: 'erased' });
  expect((await request.rowOf()).door_closed_at).not.toBeNull();
});

test('P-D2 everybody who is known by what was proven goes, on each account of the business, and nobody else', async () => {
  const number = newNumber();
  const mine = [
    await writes([userOf(number), phone(number)]),
    await writes([userOf(number)], 'second'),
    await writes([phone(number)], 'third'),
  ];
  // The number was somebody else's before: what they wrote is not this person's to delete.
  await writes(
    [{ kind: 'whatsapp user id', value: `US.former.${number}` }, phone(number)],
    'fourth',
  );
  await writes([userOf(newNumber())], 'second');
  const request = await receive({ whatsapp: number });
  expect(await mine[0]?.says(request.phrase)).toBe(request.requestId);
  expect((await request.look()).subjectIds.sort()).toEqual(
    mine.map(({ subjectId }) => subjectId).sort(),
  );
});

test('P-D2 whoever wrote elsewhere while the phrase came in is found when the work begins, and whoever writes after the fence is a new person', async () => {
  const number = newNumber();
  const me = await writes([userOf(number), phone(number)]);
  const request = await receive({ whatsapp: number, instagram: 'example' });
  await me.says(request.phrase);
  const late = await writes([phone(number)], 'second');
  const { subjectIds } = await request.look();
  expect(subjectIds.sort()).toEqual([me.subjectId, late.subjectId].sort());
  await erase(request.requestId, subjectIds);
  await writes([userOf(number), phone(number)], 'second');
  const work = await request.look();
  expect([work.subjectIds, states(work)]).toEqual([
    [],
    { instagram: 'waiting', whatsapp: 'erased' },
  ]);
});

test('P-D6 an account that proves itself once more while the request still waits is open again until that is erased too', async () => {
  const number = newNumber();
  const request = await receive({ whatsapp: number, instagram: 'example' });
  await (await writes([userOf(number), phone(number)])).says(request.phrase);
  await erase(request.requestId, (await request.look()).subjectIds);
  const back = await writes([userOf(number), phone(number)]);
  expect(await back.says(request.phrase)).toBe(request.requestId);
  const work = await request.look();
  expect([work.subjectIds, work.proven, states(work)]).toEqual([
    [back.subjectId],
    0,
    { instagram: 'waiting', whatsapp: 'proven' },
  ]);
});

test('P-D6 a phrase at the very moment in which the door closes is either worked on before the answer or refused and on record', async () => {
  for (let round = 0; round < 20; round += 1) {
    const number = newNumber();
    const request = await receive({ whatsapp: number });
    await (await writes([userOf(number), phone(number)])).says(request.phrase);
    await erase(request.requestId, (await request.look()).subjectIds);
    const back = await writes([userOf(number), phone(number)]);
    const [work, heard] = await Promise.all([request.look(), back.says(request.phrase)]);
    const isClosed = (await request.rowOf()).door_closed_at !== null;
    expect({ isClosed, left: work.subjectIds, proven: work.proven }).toEqual(
      heard === null
        ? { isClosed: true, left: [], proven: 1 }
        : { isClosed: false, left: [back.subjectId], proven: 0 },
    );
    expect((await refusalsOf(request.requestId)).at(-1)).toBe(
      heard === null ? 'the request is over' : 'message from the account',
    );
    expect(await readPhraseFate(db, back.subjectId)).toBe(heard === null ? 'too late' : 'received');
  }
});

test('P-D6 from the closing of the door until long after the answer, a phrase proves nothing and is answered truthfully', async () => {
  const number = newNumber();
  const request = await receive({ whatsapp: number });
  const { requestId, phrase, look } = request;
  await (await writes([userOf(number), phone(number)])).says(phrase);
  await erase(requestId, (await look()).subjectIds);
  await look();
  const steps: (() => Promise<unknown>)[] = [
    () => recordStep(db, requestId, 'erased here'),
    () => dropContact(db, ring, { requestId, reason: null }),
    () => recordStep(db, requestId, 'waiting for others'),
    () =>
      db
        .updateTable('mayfly.requests')
        .set({ closed_at: new Date() })
        .where('id', '=', requestId)
        .execute(),
  ];
  for (const step of steps) {
    const late = await writes([userOf(number), phone(number)]);
    expect(await late.says(phrase)).toBeNull();
    expect(await readPhraseFate(db, late.subjectId)).toBe('too late');
    await step();
    const work = await look();
    expect([work.subjectIds, work.proven, states(work)]).toEqual([[], 1, { whatsapp: 'erased' }]);
  }
  const late = await writes([userOf(number), phone(number)]);
  expect(await late.says(phrase)).toBeNull();
  expect(await refusalsOf(requestId)).toEqual([
    'message from the account',
    ...Array.from({ length: steps.length + 1 }, () => 'the request is over'),
  ]);
});
