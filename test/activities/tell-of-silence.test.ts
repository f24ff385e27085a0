import { createTellOfSilence } from '../../activities/tell-of-silence.ts';
import { eventually } from '../support/eventually.ts';
import { createInstallation } from '../support/installation.ts';
import { createPersons } from '../support/persons.ts';
import type { TestPerson } from '../support/persons.ts';
import { graphError } from '../fakes/meta/graph-bodies.ts';

const PAUSE_MS = 3_600_000;
const mayfly = await createInstallation({ HUMAN_PAUSE: `${PAUSE_MS}ms` });
const persons = createPersons(mayfly);

/** Looks until nothing is left to tell, and says what was told of this person. */
async function toldOf(person: TestPerson, id?: string): Promise<string[]> {
  const told: [string, string][] = [];
  const look = createTellOfSilence({
    db: mayfly.db,
    pauseMs: PAUSE_MS,
    tell: (subjectId, reason) => void told.push([subjectId, reason]),
  });
  await look();
  expect(await look()).toBe(0);
  const whom = id ?? (await person.subjectId());
  return told.filter(([subjectId]) => subjectId === whom).map(([, reason]) => reason);
}

async function isLeftToAHuman(person: TestPerson): Promise<void> {
  await person.write('human');
  await person.hears(1);
  await person.settled();
}

const makeOlder = async (person: TestPerson) =>
  mayfly.db
    .updateTable('mayfly.subjects')
    .set({ silence_told_at: new Date(Date.now() - PAUSE_MS - 1_000) })
    .where('id', '=', await person.subjectId())
    .execute();

describe.each(['whatsapp', 'instagram'] as const)('on %s', (channel) => {
  test('P-M1 staff are told once of a person who writes while a human has the conversation, however often they write', async () => {
    const person = persons.on(channel);
    await isLeftToAHuman(person);
    expect(await toldOf(person)).toEqual([]);
    await person.write('is anyone there?');
    await person.write('hello?');
    await person.settled();
    expect(await toldOf(person)).toEqual(['written in a pause']);
    await person.write('hello??');
    await person.settled();
    expect(await toldOf(person)).toEqual([]);
    await makeOlder(person);
    expect(await toldOf(person)).toEqual(['written in a pause']);
  });

  test('a command in the pause is answered, and staff are told of nothing', async () => {
    const person = persons.on(channel);
    await isLeftToAHuman(person);
    await person.write('my data');
    await person.hears(2);
    expect(await toldOf(person)).toEqual([]);
  });

  test('a person who wants no messages waits for none', async () => {
    const person = persons.on(channel);
    await isLeftToAHuman(person);
    await person.write('stop');
    await person.hears(2);
    await person.write('thank you');
    await person.settled();
    expect(await toldOf(person)).toEqual([]);
  });

  test('P-M1 staff are told once of a person whose answer Meta refuses for good', async () => {
    const person = persons.on(channel);
    mayfly.meta.plan(
      graphError({ code: 100, status: 400 }),
      graphError({ code: 100, status: 400 }),
    );
    await person.write('when do you open?');
    await eventually(async () =>
      expect(
        await mayfly.db
          .selectFrom('mayfly.deliveries')
          .select('state')
          .where('subject_id', '=', await person.subjectId())
          .execute(),
      ).toEqual([{ state: 'rejected' }]),
    );
    await person.write('and tomorrow?');
    await person.settled();
    expect(await toldOf(person)).toEqual(['answer rejected']);
  });
});

test('a person who is erased meanwhile is not told of', async () => {
  const person = persons.on('whatsapp');
  await isLeftToAHuman(person);
  await person.write('hello?');
  await person.settled();
  const id = await person.subjectId();
  await mayfly.db
    .updateTable('mayfly.subjects')
    .set({ erasing_at: new Date() })
    .where('id', '=', id)
    .execute();
  expect(await toldOf(person, id)).toEqual([]);
});
