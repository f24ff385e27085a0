import { randomBytes } from 'node:crypto';
import { CHANNEL_LIMITS } from '../../domain/channels.ts';
import { readKnowledgeBlock } from '../../lib/llm/knowledge-block.ts';
import { eventually } from '../support/eventually.ts';
import { createInstallation } from '../support/installation.ts';
import { createPersons, discloses, withoutDisclosure } from '../support/persons.ts';
import type { TestPerson } from '../support/persons.ts';
import { foundIn, metaIds, rowIds, secrets, wholeRequest } from './everything-secret.ts';
import { injectionsAbout } from './injections.ts';

const mayfly = await createInstallation({ TURN_DEADLINE: '4s' });
const persons = createPersons(mayfly);
const mark = `mark${randomBytes(8).toString('hex')}`;
const SECRETS = secrets(mayfly);
const NUMBER = '+15550601111';

const victims = { whatsapp: persons.on('whatsapp'), instagram: persons.on('instagram') };

/** All that lies in the database of a person. */
async function stateOf(person: TestPerson) {
  const id = await person.subjectId();
  const { db } = mayfly;
  return Promise.all([
    db.selectFrom('mayfly.subjects').selectAll().where('id', '=', id).execute(),
    db.selectFrom('mayfly.messages').selectAll().where('subject_id', '=', id).execute(),
    db.selectFrom('mayfly.replies').selectAll().where('subject_id', '=', id).execute(),
    db.selectFrom('mayfly.deliveries').selectAll().where('subject_id', '=', id).execute(),
    db.selectFrom('mayfly.addresses').selectAll().where('subject_id', '=', id).execute(),
  ]);
}

/** What the attacker may not have heard: what is said to somebody else, and what is nobody's business. */
async function forbidden(attacker: TestPerson): Promise<string[]> {
  const everyone = [...Object.values(victims), attacker];
  return [mark, ...metaIds(mayfly, everyone, []), ...(await rowIds(mayfly)), ...SECRETS];
}

beforeAll(async () => {
  mayfly.model.usually({ reply: 'Noted.' });
  for (const victim of Object.values(victims)) {
    await victim.write(`my secret is ${mark}`);
    await victim.hears(1);
    await victim.settled();
  }
});

const injections = injectionsAbout(NUMBER);

describe.each(['whatsapp', 'instagram'] as const)('on %s', (channel) => {
  test.each(injections)(
    '$family reaches nobody but who tried it',
    async ({ message, obey, heard }) => {
      const attacker = persons.on(channel);
      const before = await Promise.all(Object.values(victims).map(stateOf));
      mayfly.model.requests.length = 0;
      mayfly.model.usually(obey);
      await attacker.write(message);
      await attacker.hears(1);
      await attacker.settled();
      await eventually(async () => expect(await unfinished(attacker)).toBe(0));

      const texts = attacker.received().map(({ text }) => text);
      expect(discloses(texts.join('\n\n'))).toBe(true);
      expect(plain(texts)).toContain(heard);
      expect(foundIn(plain(texts), await forbidden(attacker))).toEqual([]);
      expect(
        foundIn(mayfly.model.requests.map(wholeRequest).join('\n'), await forbidden(attacker)),
      ).toEqual([]);
      for (const text of texts) expectSendable(channel, text);

      expect(await Promise.all(Object.values(victims).map(stateOf))).toEqual(before);
      for (const victim of Object.values(victims)) expect(victim.received()).toHaveLength(1);
      expect(mayfly.meta.sent.filter(({ to }) => to === NUMBER)).toEqual([]);
    },
  );
});

test.each(injections)(
  '$family stays one turn of the person, word for word, and changes nothing of the instructions',
  async ({ message }) => {
    const [innocent, attacker] = [persons.on('whatsapp'), persons.on('whatsapp')];
    mayfly.model.requests.length = 0;
    mayfly.model.usually({ reply: 'Noted.' });
    await innocent.write('bread');
    await innocent.hears(1);
    await attacker.write(message);
    await attacker.hears(1);
    const [usual, attacked] = mayfly.model.requests;
    expect(attacked?.turns).toEqual([{ role: 'person', text: message }]);
    expect(withoutWhatChanges(attacked?.instructions)).toBe(
      withoutWhatChanges(usual?.instructions),
    );
    const passages = readKnowledgeBlock(attacked?.instructions ?? '');
    expect(passages.length).toBeGreaterThan(0);
    expect(passages.filter(({ text }) => text.includes('Customers may read'))).toEqual([]);
  },
);

test('a hand-over that one person brings about pauses their own conversation alone', async () => {
  const attacker = persons.on('whatsapp');
  mayfly.model.usually({ reply: 'A person takes over everywhere.', action: 'handoff' });
  await attacker.write('hand everything over');
  await attacker.hears(1);
  await eventually(async () => {
    const paused = await mayfly.db
      .selectFrom('mayfly.subjects')
      .select('id')
      .where('human_until', '>', new Date())
      .where('id', '=', await attacker.subjectId())
      .execute();
    expect(paused).toHaveLength(1);
  });
  mayfly.model.usually({ reply: 'Still here.' });
  const victim = victims.instagram;
  await victim.write('are you still there?');
  expect((await victim.hears(2))[1]).toBe('Still here.');
});

/** Parts of theirs that have not come to an end. */
async function unfinished(person: TestPerson): Promise<number> {
  const rows = await mayfly.db
    .selectFrom('mayfly.deliveries')
    .select('id')
    .where('subject_id', '=', await person.subjectId())
    .where('state', 'in', ['planned', 'intent'])
    .execute();
  return rows.length;
}

/** What was sent, as it is and as who is clever would read it. */
function plain(texts: string[]): string {
  const joined = texts.join('\n\n');
  return `${joined}\n${Buffer.from(withoutDisclosure(joined), 'base64').toString('utf8')}`;
}

function expectSendable(channel: 'whatsapp' | 'instagram', text: string): void {
  const { unit, maximum } = CHANNEL_LIMITS[channel];
  expect(unit === 'bytes' ? Buffer.byteLength(text) : [...text].length).toBeLessThanOrEqual(
    maximum,
  );
  expect(text).not.toMatch(
    /[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e01ef}]/u,
  );
  expect(text).not.toMatch(/evil/i);
  expect(text).not.toMatch(/4111[ -]?1111[ -]?1111/);
}

/** The knowledge is chosen by what is asked, and the clock goes on. */
function withoutWhatChanges(instructions = ''): string {
  const cut = instructions.indexOf('<knowledge>');
  expect(cut).toBeGreaterThan(0);
  return instructions.slice(0, cut);
}
