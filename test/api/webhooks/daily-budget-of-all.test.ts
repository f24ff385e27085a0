import { MESSAGES } from '../../../domain/messages.ts';
import { createInstallation } from '../../support/installation.ts';
import { createPersons } from '../../support/persons.ts';

const mayfly = await createInstallation({ DAILY_REPLIES_TO_ALL: '2', HUMAN_PAUSE: '1ms' });
const persons = createPersons(mayfly);
const speaker = { companyName: 'Example Bakery', contactEmail: 'privacy@example.com' };

test('once everybody together has had the replies of a day, each who writes is told once', async () => {
  mayfly.model.usually({ reply: 'Hello.' });
  const [one, other, third] = [
    persons.on('whatsapp'),
    persons.on('instagram'),
    persons.on('whatsapp'),
  ];
  for (const person of [one, other]) {
    await person.write('hello');
    expect(await person.hears(1)).toEqual(['Hello.']);
  }
  for (const person of [third, one]) {
    const before = person.received().length;
    await person.write('hello');
    expect((await person.hears(before + 1)).at(-1)).toBe(MESSAGES.en.budgetSpent(speaker));
    await person.write('hello?');
    await person.settled();
    expect(person.received()).toHaveLength(before + 1);
  }
  expect(mayfly.model.requests).toHaveLength(2);
});
