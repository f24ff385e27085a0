import { SubjectKeyCache } from '../../lib/crypto/subject-key-cache.ts';
import { People } from '../../store/people/people.ts';
import { readContact } from '../../store/requests/request-contact.ts';
import { inTransaction } from '../../store/transaction.ts';
import { startFakeMailServer } from '../fakes/mail/fake-mail-server.ts';
import { eventually } from '../support/eventually.ts';
import { createInstallation } from '../support/installation.ts';
import { createPersons } from '../support/persons.ts';
import { privacyDesk } from '../support/privacy-desk.ts';
import type { OpenedRequest } from '../support/privacy-desk.ts';

const server = await startFakeMailServer();
afterAll(() => server.close());
const mayfly = await createInstallation({ SMTP_URL: server.url, LLM_RETENTION_DAYS: '0' });
const desk = privacyDesk(mayfly);
const persons = createPersons(mayfly);
const people = new People({
  ring: mayfly.ring,
  cache: new SubjectKeyCache({ capacity: 10, now: Date.now }),
});

async function ask(replyTo: string, whatsapp = '+15550100000'): Promise<OpenedRequest> {
  const response = await desk.postJson('/privacy/requests', {
    right: 'erasure',
    whatsapp,
    reply_to: replyTo,
  });
  expect(response.status).toBe(202);
  return (await response.json()) as OpenedRequest;
}

const mailsTo = (address: string) => server.received.filter(({ to }) => to.includes(address));
/** Waits until so many mails have come to an address, and returns the last one's text. */
const lastOf = (address: string, count: number) =>
  eventually(() => {
    const mails = mailsTo(address);
    expect(mails).toHaveLength(count);
    return mails.at(-1)?.text ?? '';
  }, 40_000);

async function contactOfNewest() {
  const { id } = await mayfly.db
    .selectFrom('mayfly.requests')
    .select('id')
    .orderBy('received_at', 'desc')
    .executeTakeFirstOrThrow();
  return inTransaction(mayfly.db, (trx) => readContact(trx, people, id));
}

test('whoever gives a mail address is told there that the request is in, and how it ended; then the address is forgotten', async () => {
  const me = persons.on('whatsapp');
  await me.write('hello');
  await me.hears(1);
  const {
    verification,
    code,
    status_url: statusUrl,
  } = await ask(' Person@example.org ', `+${me.identifiers[0]}`);
  const receipt = await lastOf('Person@example.org', 1);
  expect(receipt).toContain(statusUrl);
  expect(receipt).not.toContain(verification.phrase);
  expect(await contactOfNewest()).toMatchObject({ replyTo: 'Person@example.org' });
  await me.write(verification.phrase);
  expect(await lastOf('Person@example.org', 2)).toContain('has deleted everything');
  await desk.untilEnded(code, 'finished');
  expect(await contactOfNewest()).toBeNull();
  expect(mailsTo('Person@example.org')).toHaveLength(2);
  expect(mayfly.logLines.join('')).not.toContain('example.org');
});

test('a request that is taken back is answered by mail as well', async () => {
  const { code } = await ask('taker@example.org');
  await lastOf('taker@example.org', 1);
  expect((await desk.withdraw(code)).status).toBe(200);
  expect(await lastOf('taker@example.org', 2)).toContain('taken back');
  await desk.untilEnded(code, 'withdrawn');
});

test('a mail server that refuses for now holds up no erasure, and the mails come when it takes them', async () => {
  const me = persons.on('whatsapp');
  await me.write('hello');
  await me.hears(1);
  const subjectId = await me.subjectId();
  const busy = { refuse: 451, at: 'RCPT TO' } as const;
  server.plan(busy, busy, busy, busy);
  const { code, verification } = await ask('patient@example.org', `+${me.identifiers[0]}`);
  await me.write(verification.phrase);
  await eventually(async () => {
    const rows = await mayfly.db
      .selectFrom('mayfly.subjects')
      .select('id')
      .where('id', '=', subjectId)
      .execute();
    expect(rows).toEqual([]);
  }, 40_000);
  await eventually(
    () => expect(mailsTo('patient@example.org').at(-1)?.text).toContain('has deleted everything'),
    40_000,
  );
  await desk.untilEnded(code, 'finished');
});

test('beyond three requests a day for one address no further mail is sent there, and the answer to the request is the same', async () => {
  const opened = [];
  for (let n = 0; n < 4; n += 1) {
    opened.push(await ask('victim@example.org'));
    const contact = await contactOfNewest();
    expect(contact?.replyTo).toBe(n < 3 ? 'victim@example.org' : undefined);
    expect(contact?.code === undefined).toBe(n === 3);
  }
  const shapes = opened.map((one) => Object.keys(one).join());
  expect(new Set(shapes).size).toBe(1);
  await lastOf('victim@example.org', 3);
});

test('the form offers a mail address, and gives a wrong one back with what is wrong', async () => {
  const page = await (await fetch(mayfly.url('/privacy/deletion'))).text();
  expect(page).toContain('name="reply_to"');
  for (const wrong of [
    'me',
    'a@example.org,b@example.org',
    'a@example.org\r\nBcc: b@example.org',
  ]) {
    const response = await desk.postForm(
      '/privacy/requests',
      { right: 'erasure', whatsapp: '+15550100000', reply_to: wrong },
      { accept: 'text/html' },
    );
    expect(response.status).toBe(422);
    expect(await response.text()).toContain('id="reply_to-error"');
  }
});
