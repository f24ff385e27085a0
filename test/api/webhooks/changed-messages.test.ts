import { eventually } from '../../support/eventually.ts';
import { createInstallation } from '../../support/installation.ts';
import { createPersons, personsWords } from '../../support/persons.ts';

const mayfly = await createInstallation({ HUMAN_PAUSE: '1h' });
const persons = createPersons(mayfly);
const THROTTLED = {
  status: 429,
  body: { error: { message: 'x', type: 'OAuthException', code: 4 } },
  headers: { 'retry-after': '2' },
};

beforeEach(() => {
  mayfly.model.requests.length = 0;
  mayfly.model.usually((request) => ({ reply: `You said: ${personsWords(request).join(' + ')}` }));
});

const asked = (count: number) =>
  eventually(() => expect(mayfly.model.requests).toHaveLength(count));

describe.each(['whatsapp', 'instagram'] as const)('on %s', (channel) => {
  test('a message that is unsent while the model works is not answered, and its words are gone', async () => {
    const person = persons.on(channel);
    mayfly.model.plan('hang');
    const id = await person.write('regretted');
    await asked(1);
    await person.unsend(id);
    await eventually(() => expect(mayfly.model.requests[0]?.aborted).toBe(true));
    await person.settled();
    expect(mayfly.model.requests).toHaveLength(1);
    expect(person.received()).toEqual([]);
    expect(await person.stored()).toEqual([{ kind: 'unsent', text: null, hasProviderId: false }]);
  });

  test('of two messages one is unsent while the model works: it is asked again about the other alone', async () => {
    const person = persons.on(channel);
    mayfly.model.plan('hang');
    const id = await person.write('regretted');
    await asked(1);
    mayfly.model.plan('hang');
    await person.write('meant');
    await asked(2);
    expect(personsWords(mayfly.model.requests[1] as never)).toEqual(['regretted', 'meant']);
    await person.unsend(id);
    expect(await person.hears(1)).toEqual(['You said: meant']);
    expect(mayfly.model.requests[1]?.aborted).toBe(true);
  });

  test('an edit while the model works starts it again with the new words', async () => {
    const person = persons.on(channel);
    mayfly.model.plan('hang');
    const id = await person.write('a blue cake');
    await asked(1);
    await person.edit(id, 'a red cake');
    expect(await person.hears(1)).toEqual(['You said: a red cake']);
    expect(mayfly.model.requests.map(({ aborted }) => aborted)).toEqual([true, false]);
    await person.settled();
    expect(person.received()).toHaveLength(1);
  });

  test('an edit after the answer changes the row and what the model is told next, and is not answered', async () => {
    const person = persons.on(channel);
    const id = await person.write('a blue cake');
    await person.hears(1);
    await person.edit(id, 'a red cake');
    expect(await person.stored()).toEqual([
      { kind: 'text', text: 'a red cake', hasProviderId: true },
    ]);
    await person.write('which colour?');
    expect((await person.hears(2))[1]).toBe('You said: a red cake + which colour?');
    expect(mayfly.model.requests).toHaveLength(2);
  });

  test('an unsending after the answer takes the words from the row and from what the model is told next', async () => {
    const person = persons.on(channel);
    const id = await person.write('my secret');
    await person.hears(1);
    await person.unsend(id);
    expect(await person.stored()).toEqual([{ kind: 'unsent', text: null, hasProviderId: false }]);
    await person.write('what do you know?');
    expect((await person.hears(2))[1]).toBe('You said: what do you know?');
    expect(mayfly.model.requests).toHaveLength(2);
  });

  test('an unsending that overtakes its message keeps the words out, and nobody is asked or answered', async () => {
    const person = persons.on(channel);
    const [id, marker] = [`wamid.${channel}-early`, 'afterwards'];
    await person.unsend(id);
    await person.write('regretted', { id });
    await person.write(marker);
    expect(await person.hears(1)).toEqual([`You said: ${marker}`]);
    expect((await person.stored()).map(({ text }) => text)).toEqual([marker]);
    // The same once they are known.
    const later = `wamid.${channel}-early-again`;
    await person.unsend(later);
    await person.write('regretted', { id: later });
    await person.settled();
    expect((await person.stored()).map(({ text }) => text)).toEqual([marker, null]);
    expect(mayfly.model.requests).toHaveLength(1);
  });

  test('nobody becomes known by taking back what we never had', async () => {
    const person = persons.on(channel);
    await person.unsend(`wamid.${channel}-never-had`);
    await expect(person.subjectId()).rejects.toThrow('not known');
  });

  test('an edit that overtakes its message is the message, and the old words are never stored', async () => {
    const person = persons.on(channel);
    // The first comes from someone whom nobody knows yet, the second from someone who is known.
    for (const n of [1, 2]) {
      const id = `wamid.${channel}-edited-early-${n}`;
      await person.edit(id, `new words ${n}`);
      expect((await person.hears(n))[n - 1]).toContain(`new words ${n}`);
      await person.write('old words', { id });
      await person.settled();
    }
    expect((await person.stored()).map(({ text }) => text)).toEqual(['new words 1', 'new words 2']);
    expect(person.received()).toHaveLength(2);
  });

  test('a written answer that was not sent yet is held back when its message is unsent', async () => {
    const person = persons.on(channel);
    mayfly.meta.plan(THROTTLED);
    const id = await person.write('regretted');
    await drafted(await person.subjectId(), 1);
    await person.unsend(id);
    await eventually(async () =>
      expect(await statesOf(await person.subjectId())).toEqual(['suppressed']),
    );
    await person.settled();
    expect(person.received()).toEqual([]);
    expect(mayfly.model.requests).toHaveLength(1);
  });

  test('a written answer that was not sent yet is written anew when its message is edited', async () => {
    const person = persons.on(channel);
    mayfly.meta.plan(THROTTLED);
    const id = await person.write('a blue cake');
    await drafted(await person.subjectId(), 1);
    await person.edit(id, 'a red cake');
    expect(await person.hears(1)).toEqual(['You said: a red cake']);
    expect(await statesOf(await person.subjectId())).toEqual([
      'suppressed',
      expect.stringMatching(/accepted|intent/),
    ]);
  });

  test('a message that is edited to STOP is obeyed, and the answer that is being written is not sent', async () => {
    const person = persons.on(channel);
    mayfly.model.plan('hang');
    const id = await person.write('hello');
    await asked(1);
    await person.edit(id, 'STOP');
    expect(await person.hears(1)).toEqual([
      'You will get no more messages from this assistant. Write START if you want it back.',
    ]);
    expect(mayfly.model.requests).toHaveLength(1);
  });
});

/** Waits until so many parts are written and wait to be sent again, after Meta refused them for now. */
async function drafted(subjectId: string, parts: number): Promise<void> {
  await eventually(async () => {
    const rows = await mayfly.db
      .selectFrom('mayfly.deliveries')
      .select(['state', 'attempt'])
      .where('subject_id', '=', subjectId)
      .execute();
    expect(rows.filter(({ state, attempt }) => state === 'planned' && attempt > 0)).toHaveLength(
      parts,
    );
  });
}

async function statesOf(subjectId: string): Promise<string[]> {
  const rows = await mayfly.db
    .selectFrom('mayfly.deliveries')
    .select('state')
    .where('subject_id', '=', subjectId)
    .orderBy('created_at')
    .execute();
  return rows.map(({ state }) => state);
}
