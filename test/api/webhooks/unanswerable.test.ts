import { eventually } from '../../support/eventually.ts';
import { createInstallation } from '../../support/installation.ts';
import { createPersons, personsWords } from '../../support/persons.ts';

const mayfly = await createInstallation();
const persons = createPersons(mayfly);
const HOUR_MS = 3_600_000;

beforeEach(() => {
  mayfly.model.requests.length = 0;
  mayfly.model.usually((request) => ({ reply: `You said: ${personsWords(request).join(' + ')}` }));
});

describe.each(['whatsapp', 'instagram'] as const)('on %s', (channel) => {
  test('P-T1 a message that may not be answered any more does not go to the model, not even with the next one', async () => {
    const person = persons.on(channel);
    await person.write('three days old', { at: new Date(Date.now() - 72 * HOUR_MS) });
    expect((await person.stored()).map(({ text }) => text)).toEqual(['three days old']);
    await person.settled();
    await person.write('still there?');
    expect(await person.hears(1)).toEqual(['You said: still there?']);
    expect(mayfly.model.requests).toHaveLength(1);
  });

  test('P-M1 a STOP that comes days late is obeyed all the same', async () => {
    const person = persons.on(channel);
    await person.write('STOP', { at: new Date(Date.now() - 72 * HOUR_MS) });
    await person.write('hello');
    await person.settled();
    expect(mayfly.model.requests).toEqual([]);
    expect(person.received()).toEqual([]);
  });

  test.each([
    ['white space that is none of ASCII', '\u00a0\u2003\u3000'],
    ['characters that show as nothing', '\u200b\u2060\ufeff\u00ad'],
    ["Braille's empty cell", '\u2800\u2800'],
    ['a Hangul filler', '\u3164'],
    ['a variation selector alone', '\ufe0f'],
  ])('a text of %s is asked for in words, and not given to the model', async (_, text) => {
    const person = persons.on(channel);
    await person.write(text);
    await eventually(() => expect(person.received()).toHaveLength(1));
    expect(mayfly.model.requests).toEqual([]);
    expect((await person.stored()).map(({ kind }) => kind)).toEqual(['unsupported']);
  });
});

test('whoever wrote is answered also when Meta does not say when they did', async () => {
  for (const channel of ['whatsapp', 'instagram'] as const) {
    const person = persons.on(channel);
    await person.write('no time', { at: new Date(0) });
    expect(await person.hears(1)).toEqual(['You said: no time']);
  }
});

test('a press on Instagram without an id is answered, and told a second time it is a repeated one', async () => {
  const person = persons.on('instagram');
  const at = new Date();
  const press = () =>
    person.send({ postback: { mid: undefined, title: 'Opening hours', payload: 'HOURS' } }, { at });
  await press();
  expect(await person.hears(1)).toEqual(['You said: Opening hours']);
  await press();
  await person.settled();
  expect(mayfly.model.requests).toHaveLength(1);
  expect(await person.stored()).toHaveLength(1);
});
