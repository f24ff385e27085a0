import { MESSAGES } from '../../../domain/messages.ts';
import { eventually } from '../../support/eventually.ts';
import { createInstallation } from '../../support/installation.ts';
import { createPersons, personsWords, withoutDisclosure } from '../../support/persons.ts';

// The pause for a human is over at once, so that what stays silent does so because of the repetition.
const mayfly = await createInstallation({ HUMAN_PAUSE: '1ms' });
const persons = createPersons(mayfly);
const NOTICE = MESSAGES.en.sameAgain({ companyName: '', contactEmail: '' });

let answered: (to: string) => Promise<unknown> = () => Promise.resolve();
mayfly.meta.onAccepted(async ({ to }) => void (await answered(to)));

beforeEach(() => {
  answered = () => Promise.resolve();
  mayfly.model.requests.length = 0;
  mayfly.model.usually((request) => ({ reply: `You said: ${personsWords(request).at(-1)}` }));
});

describe.each(['whatsapp', 'instagram'] as const)('on %s', (channel) => {
  test('P-M1 an away message that answers each of our answers ends in one notice and then in silence', async () => {
    const person = persons.on(channel);
    const address = person.reference.identifiers.at(-1)?.value ?? '';
    let away = 0;
    answered = async (to) => {
      if (to !== address || away >= 20) return;
      away += 1;
      await person.write('I am away until Monday! \u{1f334}');
    };
    await person.write('I am away until Monday.');
    await eventually(() =>
      expect(withoutDisclosure(person.received().at(-1)?.text ?? '')).toBe(NOTICE),
    );
    await eventually(() => expect(away).toBe(person.received().length));
    await person.settled();
    expect(person.received()).toHaveLength(4);
    expect(mayfly.model.requests).toHaveLength(3);
    expect(mayfly.logLines.join('\n')).toContain('same words again');
  });

  test('whoever repeats a question twice is answered each time', async () => {
    const person = persons.on(channel);
    for (let n = 1; n <= 3; n += 1) {
      await person.write(n === 2 ? 'are you open?' : 'Are you open??');
      expect((await person.hears(n))[n - 1]).toContain('You said: ');
    }
  });

  test('other words are answered again, and what was in between makes it no repetition', async () => {
    const person = persons.on(channel);
    const said = ['yes', 'yes', 'two loaves', 'yes', 'yes', 'yes', 'yes', 'and a cake'];
    for (const [index, words] of said.entries()) {
      await person.write(words);
      await person.hears(index + 1);
    }
    const heard = person.received().map(({ text }) => withoutDisclosure(text));
    expect(heard.map((text) => text === NOTICE)).toEqual([
      ...[false, false, false, false, false, false, true, false],
    ]);
  });

  test('a command is no way around it, and STOP is obeyed all the same', async () => {
    const person = persons.on(channel);
    for (let n = 1; n <= 4; n += 1) {
      await person.write('my data');
      await person.hears(n);
    }
    expect(withoutDisclosure(person.received().at(-1)?.text ?? '')).toBe(NOTICE);
    await person.write('my data');
    await person.settled();
    expect(person.received()).toHaveLength(4);
    await person.write('STOP');
    expect((await person.hears(5))[4]).toContain('no more messages');
  });

  test('pictures in a row are asked for in words a few times, and no more', async () => {
    const person = persons.on(channel);
    const picture =
      channel === 'whatsapp'
        ? { type: 'image', image: { id: '1' } }
        : { message: { attachments: [{ type: 'image' }] } };
    for (let n = 1; n <= 4; n += 1) {
      await person.send(picture);
      await person.hears(n);
    }
    expect(withoutDisclosure(person.received().at(-1)?.text ?? '')).toBe(NOTICE);
    expect(mayfly.model.requests).toEqual([]);
  });
});
