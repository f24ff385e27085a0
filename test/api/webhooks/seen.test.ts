import { ACCOUNTS, createInstallation } from '../../support/installation.ts';
import { createPersons } from '../../support/persons.ts';
import type { TestPerson } from '../../support/persons.ts';
import { eventually } from '../../support/eventually.ts';

const mayfly = await createInstallation();
const persons = createPersons(mayfly);

const deliveriesOf = async (person: TestPerson) =>
  mayfly.db
    .selectFrom('mayfly.deliveries')
    .select(['state', 'status'])
    .where('subject_id', '=', await person.subjectId())
    .orderBy('created_at')
    .orderBy('part')
    .execute();

/** Someone on Instagram who has got an answer in three parts to one message, and one part to another. */
async function answered(): Promise<TestPerson> {
  const person = persons.on('instagram');
  mayfly.model.plan({ reply: 'word '.repeat(450) }, { reply: 'a second answer' });
  await person.write('one');
  await person.hears(3);
  await person.settled();
  await person.write('two');
  await person.hears(person.received().length + 1);
  await eventually(async () =>
    expect((await deliveriesOf(person)).every(({ state }) => state === 'accepted')).toBe(true),
  );
  return person;
}

const seen = (person: TestPerson, mid: string | null, at = new Date()) =>
  person.send({ read: mid === null ? { watermark: 1 } : { mid } }, { at });

test('what was seen up to a message is read, and what came after it is not', async () => {
  const person = await answered();
  const before = await deliveriesOf(person);
  expect(before.length).toBeGreaterThanOrEqual(4);
  await seen(person, person.received().at(-2)?.providerId ?? '');
  const statuses = (await deliveriesOf(person)).map(({ status, state }) => `${state}, ${status}`);
  expect(statuses.at(-1)).toBe('accepted, null');
  expect(statuses.slice(0, -1)).toEqual(statuses.slice(0, -1).map(() => 'confirmed, read'));
  await seen(person, person.received().at(-1)?.providerId ?? '');
  expect((await deliveriesOf(person)).map(({ status }) => status)).toEqual(
    before.map(() => 'read'),
  );
});

test('an earlier message seen again takes nothing back', async () => {
  const person = await answered();
  await seen(person, person.received().at(-1)?.providerId ?? '');
  await seen(person, person.received()[0]?.providerId ?? '');
  expect((await deliveriesOf(person)).every(({ status }) => status === 'read')).toBe(true);
});

test('without a message, or with one that is not ours, everything sent before that time is read', async () => {
  const [one, other] = [await answered(), await answered()];
  await seen(one, null);
  await seen(other, 'a-message-of-somebody-else');
  for (const person of [one, other])
    expect((await deliveriesOf(person)).every(({ status }) => status === 'read')).toBe(true);
});

test('a time before our words says nothing about them', async () => {
  const person = await answered();
  await seen(person, null, new Date(Date.now() - 3_600_000));
  expect((await deliveriesOf(person)).every(({ status }) => status === null)).toBe(true);
});

test('having seen the chat is no proof of a send whose answer was lost', async () => {
  const person = persons.on('instagram');
  mayfly.meta.plan('execute then drop');
  await person.write('hello');
  await eventually(async () =>
    expect((await deliveriesOf(person)).map(({ state }) => state)).toEqual(['ambiguous']),
  );
  await seen(person, null);
  expect((await deliveriesOf(person)).map(({ status }) => status)).toEqual([null]);
});

test("nobody else's messages are read by it", async () => {
  const [one, other] = [await answered(), await answered()];
  await seen(one, one.received().at(-1)?.providerId ?? '');
  await seen(one, other.received().at(-1)?.providerId ?? '');
  expect((await deliveriesOf(other)).every(({ status }) => status === null)).toBe(true);
});

test('someone whom we do not know can see what they like', async () => {
  const stranger = persons.on('instagram');
  await seen(stranger, null);
  await expect(stranger.subjectId()).rejects.toThrow('not known');
  expect(stranger.reference.account).toBe(ACCOUNTS.instagram);
});
