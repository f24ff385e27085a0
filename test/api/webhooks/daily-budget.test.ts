import { MESSAGES } from '../../../domain/messages.ts';
import { createInstallation } from '../../support/installation.ts';
import { createPersons, personsWords } from '../../support/persons.ts';

const mayfly = await createInstallation({ DAILY_REPLIES: '2', HUMAN_PAUSE: '1ms' });
const persons = createPersons(mayfly);
const speaker = { companyName: 'Example Bakery', contactEmail: 'privacy@example.com' };

beforeEach(() => {
  mayfly.model.requests.length = 0;
  mayfly.model.usually((request) => ({ reply: `You said: ${personsWords(request).at(-1)}` }));
});

test('after the replies of a day comes one notice, then silence, while commands work as ever', async () => {
  const person = persons.on('whatsapp');
  for (const [index, words] of ['one', 'two'].entries()) {
    await person.write(words);
    expect((await person.hears(index + 1))[index]).toBe(`You said: ${words}`);
  }
  await person.write('three');
  expect((await person.hears(3))[2]).toBe(MESSAGES.en.budgetSpent(speaker));
  for (const words of ['four', 'five']) {
    await person.write(words);
    await person.settled();
  }
  expect(mayfly.model.requests).toHaveLength(2);
  expect(person.received()).toHaveLength(3);
  await person.write('my data');
  expect((await person.hears(4))[3]).toContain('privacy@example.com');
  await person.write('STOP');
  expect((await person.hears(5))[4]).toBe(MESSAGES.en.stopped(speaker));
});

test("the budget of one person is no other's, and own words do not count", async () => {
  const [one, other] = [persons.on('whatsapp'), persons.on('instagram')];
  for (let n = 1; n <= 3; n += 1) {
    await one.write('my data');
    await one.hears(n);
  }
  await one.write('hello');
  await other.write('hello');
  expect((await one.hears(4))[3]).toBe('You said: hello');
  expect(await other.hears(1)).toEqual(['You said: hello']);
});
