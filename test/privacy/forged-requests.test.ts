import { findPhrases } from '../../domain/deletion-phrase.ts';
import { newRequestCodes } from '../../lib/crypto/request-codes.ts';
import { eventually } from '../support/eventually.ts';
import { createInstallation } from '../support/installation.ts';
import { createPersons, whatsAppBody } from '../support/persons.ts';
import type { TestPerson } from '../support/persons.ts';
import { privacyDesk } from '../support/privacy-desk.ts';
import { deletionRequest, signedRequest } from '../support/signed-request.ts';

const mayfly = await createInstallation({ LLM_RETENTION_DAYS: '0' });
const desk = privacyDesk(mayfly);
const persons = createPersons(mayfly);

const numberOf = ({ reference }: TestPerson) =>
  reference.identifiers.find(({ kind }) => kind === 'whatsapp phone')?.value ?? '';
const subjects = async () =>
  (await mayfly.db.selectFrom('mayfly.subjects').select('id').execute()).map(({ id }) => id).sort();
const erased = () =>
  mayfly.db.selectFrom('mayfly.ledger').select('position').where('action', '=', 'erased').execute();
const shape = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shape(part)]))
    : `${typeof value} of ${String(value).length}`;

/** The same letters to the eye, and others to a program. */
const confusable = (text: string) =>
  text.replaceAll('E', '\u0415').replaceAll('0', '\u041E').replaceAll('a', '\u0430');

/** The phrase with one of its letters changed. */
const nearly = (phrase: string, place: number) => {
  const at = 'DELETE-'.length + (place % 8);
  return phrase.slice(0, at) + (phrase[at] === '2' ? '3' : '2') + phrase.slice(at + 1);
};

test('known or unknown, whoever asks gets the same answer', async () => {
  const known = persons.on('whatsapp');
  await known.write('hello');
  const answers = await Promise.all(
    [numberOf(known), '+15550777777'].map(async (whatsapp) => {
      const response = await desk.postJson('/privacy/requests', { right: 'erasure', whatsapp });
      const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'date'));
      return {
        status: response.status,
        headers: { ...headers, etag: '' },
        body: shape(await response.json()),
      };
    }),
  );
  expect(answers[0]?.status).toBe(202);
  expect(answers[1]).toEqual(answers[0]);
});

test('a wrong phrase and a right one are answered with the same words, and the model sees neither', async () => {
  const [one, other] = [persons.on('whatsapp'), persons.on('instagram')];
  await mayfly.stopWorker();
  const { verification } = await desk.ask({ whatsapp: numberOf(one) });
  await one.write(verification.phrase);
  await other.write(newRequestCodes().phrase);
  await mayfly.startWorker();
  const [answer] = await other.hears(1);
  expect(answer).toContain('If this phrase belongs to an open request');
  await eventually(() => expect(one.received().at(-1)?.text).toContain('has deleted everything'));
  const words = one.received().map(({ text }) => text);
  for (const text of words.slice(0, -1))
    expect(text).toContain('If this phrase belongs to an open request');
  for (const { turns } of mayfly.model.requests)
    expect(turns.flatMap(({ text }) => findPhrases(text))).toEqual([]);
});

test('five hundred forgeries erase nobody, and do nothing to requests that are under way', async () => {
  const [victim, second, patient] = [
    persons.on('whatsapp'),
    persons.on('instagram'),
    persons.on('whatsapp'),
  ];
  for (const person of [victim, second, patient]) await person.write('hello');
  const running = await desk.ask({ whatsapp: numberOf(victim), instagram: '@example' });
  const unconfirmed = await desk.ask({ whatsapp: numberOf(patient) });
  const others = await erased();
  await victim.write(running.verification.phrase);
  await eventually(async () => expect(await erased()).toHaveLength(others.length + 1));
  await second.write('hello again');
  const attackers = Array.from({ length: 10 }, () => persons.on('whatsapp'));
  for (const attacker of attackers) await attacker.write('hello');
  const before = {
    subjects: await subjects(),
    erased: await erased(),
    running: await desk.status(running.code),
    patient: await desk.status(unconfirmed.code),
  };

  // 200 requests in the names of others, some of them in letters that only look like theirs.
  const forms = Array.from({ length: 200 }, (_, n) => {
    if (n % 4 === 0)
      return desk.postJson('/privacy/requests', { right: 'erasure', whatsapp: numberOf(patient) });
    if (n % 4 === 1)
      return desk.postJson('/privacy/requests', {
        right: 'erasure',
        instagram: 'example',
        whatsapp: numberOf(victim),
      });
    if (n % 4 === 2)
      return desk.postJson('/privacy/requests', {
        right: 'erasure',
        instagram: confusable('example'),
      });
    return desk.postForm('/privacy/requests', {
      right: 'erasure',
      whatsapp: confusable(numberOf(patient)),
    });
  });
  const answers = (await Promise.all(forms)).map(({ status }) => status);
  expect(answers.filter((status) => status === 202)).toHaveLength(100);
  expect(answers.filter((status) => status === 422)).toHaveLength(100);

  // 200 guesses in chats: phrases made up, nearly right ones, and right ones in letters that only look right.
  const guesses = Array.from({ length: 200 }, (_, n) => {
    const real = n % 2 === 0 ? running.verification.phrase : unconfirmed.verification.phrase;
    return (
      [newRequestCodes().phrase, nearly(real, n), confusable(real), `${real}please`][n % 4] ?? ''
    );
  });
  expect(guesses.filter((guess) => findPhrases(guess).length === 0).length).toBeGreaterThan(90);
  await Promise.all(
    attackers.map((attacker, n) => sayAll(attacker, guesses.slice(n * 20, n * 20 + 20))),
  );

  // 100 callbacks that Meta did not sign.
  const now = new Date();
  const genuine = deletionRequest(second.identifiers[0] ?? '', now, 'meta-app-secret');
  const callbacks = Array.from({ length: 100 }, (_, n) => {
    const [signature = '', body = ''] = genuine.split('.');
    const forged = [
      deletionRequest(second.identifiers[0] ?? '', now, `guessed-secret-${n}`),
      `${signature}.${Buffer.from(`{"algorithm":"HMAC-SHA256","user_id":"${n}"}`).toString('base64url')}`,
      signedRequest(`{"algorithm":"none","user_id":"${second.identifiers[0]}"}`, 'meta-app-secret'),
      `${body}.${signature}`,
    ][n % 4];
    return desk.postForm('/meta/data-deletion', { signed_request: forged ?? '' });
  });
  for (const { status } of await Promise.all(callbacks)) expect(status).toBe(400);

  for (const attacker of attackers) await attacker.settled();
  expect(await subjects()).toEqual(before.subjects);
  expect(await erased()).toEqual(before.erased);
  expect(await desk.status(running.code)).toEqual(before.running);
  expect(await desk.status(unconfirmed.code)).toEqual(before.patient);

  await second.write(running.verification.phrase);
  await desk.untilEnded(running.code, 'finished');
  await patient.write(unconfirmed.verification.phrase);
  await desk.untilEnded(unconfirmed.code, 'finished');
});

/** Many messages in one webhook, as after an outage of ours. */
async function sayAll(person: TestPerson, texts: string[]): Promise<void> {
  const [from = '', userId = ''] = person.identifiers;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const messages = texts.map((body, n) => ({
    from,
    from_user_id: userId,
    id: `wamid.${from}.${n}`,
    timestamp,
    type: 'text',
    text: { body },
  }));
  const contacts = [{ profile: { name: 'Somebody' }, wa_id: from, user_id: userId }];
  expect((await person.post(whatsAppBody({ contacts, messages }))).status).toBe(200);
}
