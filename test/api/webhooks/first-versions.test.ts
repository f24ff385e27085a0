import { PLEAS } from '../../../domain/pleas.ts';
import { eventually } from '../../support/eventually.ts';
import { createInstallation } from '../../support/installation.ts';
import { createPersons, personsWords, withoutDisclosure } from '../../support/persons.ts';

const mayfly = await createInstallation();
const persons = createPersons(mayfly);

beforeEach(() => {
  mayfly.logLines.length = 0;
  mayfly.model.requests.length = 0;
  mayfly.model.usually((request) => ({ reply: `You said: ${personsWords(request).join(' + ')}` }));
});

const PLEA = PLEAS.en.unread;

test.each([0, '0'])(
  'edit number %j with words is a new message, and its `message` a repeated one',
  async (n) => {
    const person = persons.on('instagram');
    const id = await person.send({ message_edit: { text: 'hello', num_edit: n } });
    expect(await person.hears(1)).toEqual(['You said: hello']);
    await person.write('hello', { id });
    await person.settled();
    expect(mayfly.model.requests).toHaveLength(1);
    expect(await person.stored()).toHaveLength(1);
  },
);

test('without words the person is asked for them, and the operator is told', async () => {
  const person = persons.on('instagram');
  await person.send({ message_edit: { num_edit: 0 } });
  expect((await person.hears(1)).map(withoutDisclosure)).toEqual([PLEA]);
  expect(mayfly.model.requests).toEqual([]);
  expect(mayfly.logLines.join('\n')).toContain('message without words');
});

test('words that come after it was asked for them are answered, once', async () => {
  const person = persons.on('instagram');
  const id = await person.send({ message_edit: { num_edit: 0 } });
  await person.hears(1);
  await person.write('are you open?', { id });
  expect((await person.hears(2))[1]).toBe('You said: are you open?');
  await person.write('are you open?', { id });
  await person.settled();
  expect(mayfly.model.requests).toHaveLength(1);
  expect((await person.stored()).map(({ text }) => text)).toEqual(['are you open?']);
});

test('told after its `message` it changes nothing, and nobody is warned', async () => {
  const person = persons.on('instagram');
  const id = await person.write('hello');
  await person.hears(1);
  await person.send({ message_edit: { num_edit: 0 } }, { id });
  await person.settled();
  expect(person.received()).toHaveLength(1);
  await eventually(() => expect(mayfly.logLines.join('\n')).not.toContain('message without words'));
});
