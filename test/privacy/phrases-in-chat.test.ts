import { findPhrases } from '../../domain/deletion-phrase.ts';
import { newRequestCodes } from '../../lib/crypto/request-codes.ts';
import { eventually } from '../support/eventually.ts';
import { ACCOUNTS, createInstallation } from '../support/installation.ts';
import { createPersons, personsWords } from '../support/persons.ts';
import type { TestPerson } from '../support/persons.ts';
import { privacyDesk } from '../support/privacy-desk.ts';

const mayfly = await createInstallation({ LLM_RETENTION_DAYS: '0', HUMAN_PAUSE: '1h' });
const desk = privacyDesk(mayfly);
const persons = createPersons(mayfly);
const RECEIVED = 'If this phrase belongs to an open request';

beforeEach(() => {
  mayfly.model.requests.length = 0;
  mayfly.model.usually((request) => ({ reply: `You said: ${personsWords(request).join(' + ')}` }));
});

/** Nothing that the model was ever sent holds a phrase. */
function expectNothingTold(): void {
  for (const { turns, instructions } of mayfly.model.requests)
    expect(findPhrases([instructions, ...turns.map(({ text }) => text)].join('\n'))).toEqual([]);
}

/** A request whose phrase only this person can have. */
function open({ channel, identifiers: [name = ''] }: TestPerson) {
  return desk.ask(channel === 'whatsapp' ? { whatsapp: `+${name}` } : { instagram: 'example' });
}

const standingOf = async (person: TestPerson) =>
  mayfly.db
    .selectFrom('mayfly.subjects')
    .select('human_until')
    .where('id', '=', await person.subjectId())
    .executeTakeFirstOrThrow();

describe.each(['whatsapp', 'instagram'] as const)('on %s', (channel) => {
  test('P-D1 a phrase inside a sentence confirms the request, and nothing of its message is kept', async () => {
    const person = persons.on(channel);
    const { code, verification } = await open(person);
    await mayfly.stopWorker();
    const phrase = verification.phrase.toLowerCase().replace('-', ' ');
    await person.write(`Hello, my phrase is “${phrase}”. Thank you!`);
    expect(await person.stored()).toEqual([{ kind: 'phrase', text: null, hasProviderId: true }]);
    await mayfly.startWorker();
    await desk.untilEnded(code, 'finished');
    expectNothingTold();
  });

  test('P-D1 each of two phrases in one message confirms its request', async () => {
    const person = persons.on(channel);
    const [one, other] = [await open(person), await open(person)];
    await person.write(`${one.verification.phrase}\n${other.verification.phrase}`);
    const ended = [one, other].map(({ code }) => desk.untilEnded(code, 'finished'));
    expect((await Promise.all(ended)).map(({ state }) => state)).toEqual(['finished', 'finished']);
  });

  test('P-D1 our own words pasted back whole confirm the request that they are about', async () => {
    const person = persons.on(channel);
    await person.write('delete my data');
    const [offer = ''] = await person.hears(1);
    const [, code = ''] = /\/privacy\/requests\/(\w+)/.exec(offer) ?? [];
    await person.write(offer);
    await desk.untilEnded(code, 'finished');
    expectNothingTold();
  });

  test('P-D1 a message that is edited to a phrase confirms the request, also after it was answered', async () => {
    const person = persons.on(channel);
    const id = await person.write('hello');
    await person.hears(1);
    const { code, verification } = await open(person);
    await person.edit(id, `*${verification.phrase}*`);
    await desk.untilEnded(code, 'finished');
    expectNothingTold();
  });

  test('a message that is edited to a wrong phrase is answered in words, once, and is no part of what the model is told', async () => {
    const person = persons.on(channel);
    const id = await person.write('hello');
    await person.hears(1);
    const { phrase } = newRequestCodes();
    await person.edit(id, phrase);
    expect((await person.hears(2))[1]).toContain(RECEIVED);
    expect(await person.stored()).toEqual([{ kind: 'phrase', text: null, hasProviderId: true }]);
    await person.edit(id, phrase);
    await person.settled();
    await person.write('when do you open?');
    expect((await person.hears(3)).slice(2)).toEqual(['You said: when do you open?']);
    expectNothingTold();
  });

  test('an edit to a phrase while the model works takes the old words from the answer', async () => {
    const person = persons.on(channel);
    mayfly.model.plan('hang');
    const id = await person.write('when do you open?');
    await eventually(() => expect(mayfly.model.requests).toHaveLength(1));
    await person.edit(id, newRequestCodes().phrase);
    const [answer] = await person.hears(1);
    expect(answer).toContain(RECEIVED);
    expect(mayfly.model.requests).toHaveLength(1);
    expectNothingTold();
  });

  test('a wrong phrase beside a question: both are answered, and the assistant goes on', async () => {
    const person = persons.on(channel);
    await mayfly.stopWorker();
    await person.write('when do you open?');
    await person.write(`${newRequestCodes().phrase}.`);
    await mayfly.startWorker();
    const [answer] = await person.hears(1);
    expect(answer).toContain(RECEIVED);
    expect(answer).toContain('You said: when do you open?');
    expect((await standingOf(person)).human_until).toBeNull();
    await person.write('and tomorrow?');
    expect((await person.hears(2))[1]).toBe('You said: when do you open? + and tomorrow?');
    expectNothingTold();
  });

  test('a wrong phrase is answered while a human answers, and the question beside it is left to them', async () => {
    const person = persons.on(channel);
    await person.write('human');
    await person.hears(1);
    await mayfly.stopWorker();
    await person.write('where is my cake?');
    await person.write(newRequestCodes().phrase);
    await mayfly.startWorker();
    const [, answer] = await person.hears(2);
    expect(answer).toContain(RECEIVED);
    expect(mayfly.model.requests).toEqual([]);
  });

  test('when the model fails beside a phrase, the phrase is acknowledged all the same', async () => {
    const person = persons.on(channel);
    mayfly.model.usually({ status: 401 });
    await mayfly.stopWorker();
    await person.write('when do you open?');
    await person.write(newRequestCodes().phrase);
    await mayfly.startWorker();
    const [answer] = await person.hears(1);
    expect(answer).toContain(RECEIVED);
    expect(answer).toContain('because of a technical fault');
  });

  test('the phrase that we offered is not told to the model with the next question', async () => {
    const person = persons.on(channel);
    await person.write('delete my data');
    expect(findPhrases((await person.hears(1))[0] ?? '')).toHaveLength(1);
    await person.write('when do you open?');
    expect((await person.hears(2))[1]).toBe('You said: delete my data + when do you open?');
    expect(JSON.stringify(mayfly.model.requests)).not.toContain('/privacy/requests/');
    expectNothingTold();
  });
});

test.each<[string, 'whatsapp' | 'instagram', (phrase: string) => object]>([
  [
    'a quick reply',
    'instagram',
    (payload) => ({ message: { text: 'Yes', quick_reply: { payload } } }),
  ],
  ['a button', 'instagram', (payload) => ({ postback: { title: 'Delete', payload } })],
  [
    "a template's button",
    'whatsapp',
    (payload) => ({ type: 'button', button: { text: 'Yes', payload } }),
  ],
  [
    'a reply button',
    'whatsapp',
    (id) => ({
      type: 'interactive',
      interactive: { type: 'button_reply', button_reply: { id, title: 'Yes' } },
    }),
  ],
  [
    'a list',
    'whatsapp',
    (id) => ({
      type: 'interactive',
      interactive: { type: 'list_reply', list_reply: { id: `x:${id}`, title: 'Yes' } },
    }),
  ],
  [
    'the words under a picture',
    'whatsapp',
    (caption) => ({ type: 'image', image: { id: '1', mime_type: 'image/jpeg', caption } }),
  ],
])('P-D1 a phrase in %s (%s) confirms the request', async (_what, channel, item) => {
  const person = persons.on(channel);
  const { code, verification } = await open(person);
  await person.send(item(verification.phrase));
  await desk.untilEnded(code, 'finished');
  expectNothingTold();
});

describe('where another app answers on Instagram', () => {
  const inStandby = ({ identifiers: [id = ''] }: TestPerson, item: object) => ({
    object: 'instagram',
    entry: [
      {
        id: ACCOUNTS.instagram,
        time: Date.now(),
        standby: [
          {
            sender: { id },
            recipient: { id: ACCOUNTS.instagram },
            timestamp: Date.now(),
            ...item,
          },
        ],
      },
    ],
  });

  test('P-D1 a phrase confirms the request; nothing else that is said there is kept or answered', async () => {
    const person = persons.on('instagram');
    const { code, verification } = await open(person);
    await person.post(inStandby(person, { message: { mid: 'standby-1', text: 'hello there' } }));
    expect(await person.stored()).toEqual([]);
    const wrong = `no: ${newRequestCodes().phrase}`;
    await person.post(inStandby(person, { message: { mid: 'standby-2', text: wrong } }));
    expect(await person.stored()).toEqual([{ kind: 'overheard', text: null, hasProviderId: true }]);
    await person.settled();
    const text = `it is ${verification.phrase}`;
    await person.post(inStandby(person, { message: { mid: 'standby-3', text } }));
    await desk.untilEnded(code, 'finished');
    expect(mayfly.model.requests).toEqual([]);
    for (const { text: heard } of person.received()) expect(heard).not.toContain(RECEIVED);
  });

  test('P-D1 an edit to a phrase confirms the request; an edit of what we never got is not kept', async () => {
    const person = persons.on('instagram');
    const { code, verification } = await open(person);
    const edit = (text: string) =>
      person.post(inStandby(person, { message_edit: { mid: 'standby-4', text, num_edit: 1 } }));
    await edit('something else');
    expect(await person.stored()).toEqual([]);
    await edit(verification.phrase);
    await desk.untilEnded(code, 'finished');
  });
});
