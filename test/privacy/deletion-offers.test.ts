import { DELETION_OFFERS_A_DAY } from '../../domain/privacy-request.ts';
import { createInstallation } from '../support/installation.ts';
import { createPersons } from '../support/persons.ts';
import { privacyDesk } from '../support/privacy-desk.ts';

const mayfly = await createInstallation({ LLM_RETENTION_DAYS: '0' });
const desk = privacyDesk(mayfly);
const persons = createPersons(mayfly);

const openRequests = async () =>
  (await mayfly.db.selectFrom('mayfly.requests').select('id').execute()).length;

test('who asks for deletion in the chat again and again gets no more requests, and each of theirs still works', async () => {
  const person = persons.on('whatsapp');
  for (let asked = 1; asked <= DELETION_OFFERS_A_DAY + 2; asked += 1) {
    await person.write('delete my data');
    await person.hears(asked);
  }
  expect(await openRequests()).toBe(DELETION_OFFERS_A_DAY);
  const answers = await person.hears(DELETION_OFFERS_A_DAY + 2);
  expect(answers.at(-1)).toContain('Send back any of the phrases above');
  const [, phrase = ''] = /^(DELETE-\S+)$/m.exec(answers[0] ?? '') ?? [];
  const [, code = ''] = /\/privacy\/requests\/(\w+)/.exec(answers[0] ?? '') ?? [];
  await person.write(phrase);
  await desk.untilEnded(code, 'finished');
});

test.each([
  ['Could you please delete all my data?', 'To have everything'],
  ['Ich möchte, dass meine Daten gelöscht werden.', 'Damit alles'],
  ['¿Pueden borrar mis datos?', 'Para que eliminemos'],
  ['Pouvez-vous supprimer mes données ?', 'Pour que tout ce'],
  ['Quero ser esquecido', 'Para que tudo o que'],
])('P-D1 %j is answered with the phrase, without a model', async (wish, words) => {
  const person = persons.on('instagram');
  await person.write(wish);
  const [answer = ''] = await person.hears(1);
  expect(answer).toContain(words);
  const [, phrase = ''] = /^(DELETE-\S+)$/m.exec(answer) ?? [];
  const [, code = ''] = /\/privacy\/requests\/(\w+)/.exec(answer) ?? [];
  expect(mayfly.model.requests).toEqual([]);
  await person.write(phrase);
  await desk.untilEnded(code, 'finished');
});
