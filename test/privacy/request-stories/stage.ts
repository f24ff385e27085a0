import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { SubjectKeyCache } from '../../../lib/crypto/subject-key-cache.ts';
import { People } from '../../../store/people/people.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { startFakeMailServer } from '../../fakes/mail/fake-mail-server.ts';
import { newWhatsAppMessageId } from '../../fakes/meta/provider-ids.ts';
import { eventually } from '../../support/eventually.ts';
import { createInstallation } from '../../support/installation.ts';
import { createPersons, whatsAppBody } from '../../support/persons.ts';
import type { TestPerson } from '../../support/persons.ts';
import { privacyDesk } from '../../support/privacy-desk.ts';
import { deletionRequest } from '../../support/signed-request.ts';
import { staffDesk, staffIssuer } from '../../support/staff-desk.ts';
import type { Door, Form, Sender } from './story.ts';

const ELSEWHERE = '106540352242999';
const FORMS: Record<Exclude<Form, 'as an edit'>, (phrase: string) => string> = {
  plain: (phrase) => phrase,
  'in a sentence': (phrase) => `Hello, you wanted "${phrase}". Thanks!`,
  'without its dash': (phrase) => phrase.replace('-', ' ').toLowerCase(),
};

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** A whole Mayfly on which stories of requests are played, some writes of whose worker fail at first. */
export async function openStage() {
  const mail = await startFakeMailServer();
  afterAll(() => mail.close());
  const identity = await staffIssuer();
  const mayfly = await createInstallation({
    ...identity.settings,
    SMTP_URL: mail.url,
    LLM_RETENTION_DAYS: '30',
  });
  await failNowAndThen(mayfly.db);
  const { as } = staffDesk(mayfly, identity);
  const staff = [as('first', 'privacy'), as('second', 'privacy')] as const;
  const desk = privacyDesk(mayfly);
  const cache = new SubjectKeyCache({ capacity: 10, now: Date.now });
  const people = new People({ ring: mayfly.ring, cache });
  return { mayfly, mail, staff, desk, people, persons: createPersons(mayfly) };
}

/** Every third of certain writes of the worker fails and is tried again by Temporal: a sequence is not rolled back. */
async function failNowAndThen(db: Awaited<ReturnType<typeof createInstallation>>['db']) {
  await sql`CREATE SEQUENCE mayfly.write_number`.execute(db);
  await sql`CREATE FUNCTION mayfly.fail_now_and_then() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF nextval('mayfly.write_number') % 3 = 0 THEN RAISE EXCEPTION 'this write fails'; END IF;
      RETURN NULL;
    END $$`.execute(db);
  for (const [name, write] of [
    ['certified', 'INSERT ON mayfly.certificates'],
    ['proven', 'UPDATE ON mayfly.request_subjects'],
    ['forgotten', 'DELETE ON mayfly.request_subjects'],
    ['emptied', 'DELETE ON mayfly.messages'],
  ] as const)
    await sql`CREATE TRIGGER ${sql.ref(name)} AFTER ${sql.raw(write)} EXECUTE FUNCTION mayfly.fail_now_and_then()`.execute(
      db,
    );
}

export type Cast = Awaited<ReturnType<typeof meet>>;

/** The people of one story, each of whom has written before it begins. */
export async function meet(stage: Stage) {
  const { mayfly, persons } = stage;
  const [me, another] = [persons.on('whatsapp'), persons.on('whatsapp')];
  const onInstagram = persons.on('instagram');
  const writers: Record<Sender, (text: string) => Promise<unknown>> = {
    me: me.write,
    another: another.write,
    'me on instagram': onInstagram.write,
    'me elsewhere': (text) => writeElsewhere(me, text),
  };
  await writers['me elsewhere']('hello');
  await Promise.all([me, another, onInstagram].map((one) => one.write('hello')));
  await Promise.all([me, another, onInstagram].map((one) => one.hears(1)));
  const subjects: Record<Sender, string> = {
    me: await me.subjectId(),
    another: await another.subjectId(),
    'me on instagram': await onInstagram.subjectId(),
    'me elsewhere': await subjectElsewhere(stage, me),
  };
  const people = { me, another, 'me on instagram': onInstagram, 'me elsewhere': null };
  return { mayfly, me, another, onInstagram, writers, people, subjects };
}

async function writeElsewhere(me: TestPerson, body: string): Promise<void> {
  const [from = '', userId = ''] = me.identifiers;
  const message = {
    from,
    from_user_id: userId,
    id: newWhatsAppMessageId(from, 'from person'),
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: 'text',
    text: { body },
  };
  const contacts = [{ profile: { name: 'Somebody' }, wa_id: from, user_id: userId }];
  const response = await me.post(whatsAppBody({ contacts, messages: [message] }, ELSEWHERE));
  expect(response.status).toBe(200);
}

async function subjectElsewhere({ mayfly, people }: Stage, me: TestPerson): Promise<string> {
  const { identifiers } = me.reference;
  const cipher = await inTransaction(mayfly.db, (trx) =>
    people.find(trx, { account: ELSEWHERE, identifiers }),
  );
  if (cipher === null) throw new Error('they have written there');
  return cipher.subjectId;
}

export const subjectsOf = async ({ mayfly }: Stage) =>
  (await mayfly.db.selectFrom('mayfly.subjects').select('id').execute()).map(({ id }) => id);

/** Sends the phrase as people do; Meta repeats a webhook now and then. */
export async function sendPhrase(
  { people, writers }: Cast,
  phrase: string,
  { from, form, isRepeated }: { from: Sender; form: Form; isRepeated: boolean },
): Promise<void> {
  const person = people[from];
  if (person === null) return void (await writers[from](phrase));
  if (form === 'as an edit') {
    const id = await person.write('hello once more');
    await person.edit(id, phrase);
    if (isRepeated) await person.edit(id, phrase);
    return;
  }
  const text = FORMS[form](phrase);
  const fields = { at: new Date() };
  const id = await person.write(text, fields);
  if (isRepeated) await person.write(text, { id, ...fields });
}

export interface Opened {
  code: string;
  phrase: string;
  /** Null where none is asked for. */
  mailTo: string | null;
}

export const numberOf = (person: TestPerson) => `+${person.identifiers[0]}`;

/** Makes the request of a story by its door. */
export async function ask(
  stage: Stage,
  cast: Cast,
  { door, names }: { door: Door; names: string },
): Promise<Opened> {
  const { desk, staff } = stage;
  const mailTo = `${randomUUID()}@example.org`;
  const body = {
    ...(names === 'instagram' ? {} : { whatsapp: numberOf(cast.me) }),
    ...(names === 'whatsapp' ? {} : { instagram: 'example' }),
    reply_to: mailTo,
  };
  switch (door) {
    case 'program': {
      const answer = await desk.postJson('/privacy/requests', { right: 'erasure', ...body });
      return { ...opened(await answer.json()), mailTo };
    }
    case 'staff':
      return { ...opened((await staff[0].post('requests', body)).body), mailTo };
    case 'page': {
      const fields = { right: 'erasure', ...body } as Record<string, string>;
      const answer = await desk.postForm('/privacy/requests', fields, { accept: 'text/html' });
      const code = (answer.headers.get('location') ?? '').split('/').at(-1) ?? '';
      return { code, phrase: phraseIn(await desk.page(code)), mailTo };
    }
    case 'whatsapp chat':
      return askInChat(cast.me);
    case 'instagram chat':
      return askInChat(cast.onInstagram);
    case 'meta': {
      const signed = deletionRequest(
        cast.onInstagram.identifiers[0] ?? '',
        new Date(),
        'meta-app-secret',
      );
      const answer = await desk.postForm('/meta/data-deletion', { signed_request: signed });
      const { confirmation_code: code } = (await answer.json()) as { confirmation_code: string };
      return { code, phrase: 'DELETE-7K3M9QXW', mailTo: null };
    }
  }
}

async function askInChat(person: TestPerson): Promise<Opened> {
  await person.write('delete my data');
  const offer = await eventually(() => {
    const text = person.received().at(-1)?.text ?? '';
    expect(text).toContain('/privacy/requests/');
    return text;
  });
  const code = /requests\/([0-9A-Z]{26})/.exec(offer)?.[1] ?? '';
  return { code, phrase: phraseIn(offer), mailTo: null };
}

const phraseIn = (text: string) => /DELETE-[0-9A-Z]{8}/.exec(text)?.[0] ?? '';

function opened(body: unknown): { code: string; phrase: string } {
  const { code, verification } = body as { code: string; verification: { phrase: string } };
  return { code, phrase: verification.phrase };
}
