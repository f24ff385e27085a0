import { createMailPerson } from '../../activities/mail-person.ts';
import type { MailPerson } from '../../activities/mail-person.ts';
import { LANGUAGES } from '../../domain/assistant.ts';
import { MAIL_EVENTS } from '../../domain/privacy-request.ts';
import { ANSWERED_STATES } from '../../domain/request-accounts.ts';
import { requestMail } from '../../domain/request-mails.ts';
import { CodeHash, newRequestCodes } from '../../lib/crypto/request-codes.ts';
import { createLog } from '../../lib/log.ts';
import { createSmtpMailer } from '../../lib/mail/smtp-mailer.ts';
import { createMetrics } from '../../lib/metrics.ts';
import { dropContact, readContact } from '../../store/requests/request-contact.ts';
import { createRequest } from '../../store/requests/requests.ts';
import { inTransaction } from '../../store/transaction.ts';
import { startFakeMailServer } from '../fakes/mail/fake-mail-server.ts';
import { dumpRows } from '../support/byte-scan.ts';
import { createStorage } from '../support/storage.ts';

const { db, ring, people } = await createStorage();
const codeHash = new CodeHash(ring);
const server = await startFakeMailServer();
afterAll(() => server.close());
beforeEach(() => (server.received.length = 0));

const lines: string[] = [];
const log = createLog('test', { write: (line: string) => void lines.push(line) });
const speaker = { companyName: 'Example Bakery', contactEmail: 'privacy@example.com' };
const mailPersonBy = (url: string | null): MailPerson =>
  createMailPerson({
    db,
    people,
    mailer:
      url === null
        ? null
        : createSmtpMailer({ ...speaker, host: 'chat.example.com' }, { smtpUrl: url }),
    words: { speaker, languages: ['en'] },
    publicUrl: 'https://chat.example.com',
    metrics: createMetrics(),
    log,
  });
const mailPerson = mailPersonBy(server.url);
const LATER = Date.now() + 60_000;

async function receive(replyTo?: string) {
  const { code, phrase } = newRequestCodes();
  const { requestId } = await inTransaction(db, (trx) =>
    createRequest(trx, people, {
      right: 'erasure',
      intake: 'form',
      receivedAt: new Date(),
      codeHash: codeHash.of('code', code),
      phrase: { text: phrase, hash: codeHash.of('phrase', phrase) },
      accounts: [],
      contact: {
        whatsapp: '+15550100000',
        instagram: 'example.handle',
        chats: [],
        ...(replyTo === undefined ? {} : { replyTo, code }),
      },
    }),
  );
  const tell = (event: (typeof MAIL_EVENTS)[number], untilMs = LATER, by = mailPerson) =>
    by({ requestId, event, untilMs });
  return { requestId, code, phrase, tell };
}

test('each event is mailed once, however often it is asked for, with the status address and nothing about the person', async () => {
  const { tell, code, phrase, requestId } = await receive('person@example.org');
  for (const event of ['received', 'received', 'erased', 'erased'] as const) await tell(event);
  expect(server.received.map(({ to }) => to)).toEqual([
    ['person@example.org'],
    ['person@example.org'],
  ]);
  for (const { headers, text } of server.received) {
    expect(text).toContain(`https://chat.example.com/privacy/requests/${code}\n`);
    const whole = JSON.stringify({ headers: { ...headers, to: '' }, text });
    for (const personal of [phrase, requestId, '15550100000', 'example.handle', 'person@'])
      expect(whole).not.toContain(personal);
  }
});

test('P-D3: a mail has a random id of its own, which is sealed here and gone with the address', async () => {
  const { tell, requestId } = await receive('person@example.org');
  for (const event of ['received', 'erased'] as const) await tell(event);
  const ids = server.received.map(({ headers }) => headers['message-id'] ?? '');
  expect(new Set(ids).size).toBe(2);
  for (const id of ids) expect(id).toMatch(/^<[0-9a-f]{32}@chat\.example\.com>$/);
  const { mails } = (await inTransaction(db, (trx) => readContact(trx, people, requestId))) ?? {};
  const kept = Object.values(mails ?? {}).map((mail) => `<${mail.id}@chat.example.com>`);
  expect(new Set(kept)).toEqual(new Set(ids));
  await dropContact(db, ring, { requestId, reason: null });
  const rows = await dumpRows(db);
  expect(rows).toContain(requestId);
  for (const id of ids) expect(rows).not.toContain(id.slice(1, 33));
});

test('nobody who has the answer is told afterwards that their request is in', async () => {
  const { tell } = await receive('person@example.org');
  await tell('erased');
  await tell('received');
  expect(server.received).toHaveLength(1);
});

test('a mail whose end nobody knows is sent once more under the same id, and never a third time', async () => {
  const { tell } = await receive('person@example.org');
  const cut = 'take, and cut the answer' as const;
  server.plan(cut, cut);
  await expect(tell('received')).rejects.toThrow('tried again');
  await expect(tell('received')).rejects.toThrow('tried again');
  await tell('received');
  const ids = server.received.map(({ headers }) => headers['message-id']);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

test('a process that dies while it sends makes two mails at most', async () => {
  const { tell } = await receive('person@example.org');
  const dying = createMailPerson({
    db,
    people,
    mailer: {
      send: () => Promise.reject(new Error('killed')),
      close: () => undefined,
    },
    words: { speaker, languages: ['en'] },
    publicUrl: 'https://chat.example.com',
    metrics: createMetrics(),
    log,
  });
  for (let n = 0; n < 2; n += 1)
    await expect(tell('received', LATER, dying)).rejects.toThrow('killed');
  await tell('received');
  expect(server.received).toEqual([]);
});

test('a server that is away is tried again until it is there, and left at the time given', async () => {
  const away = mailPersonBy('smtp://127.0.0.1:1');
  const { tell } = await receive('person@example.org');
  for (let n = 0; n < 4; n += 1)
    await expect(tell('erased', LATER, away)).rejects.toThrow('tried again');
  await tell('erased', Date.now() - 1, away);
  await tell('erased');
  expect(server.received).toHaveLength(1);
});

test('an address that is refused for good is not tried again, and nothing of it is in the log', async () => {
  const { tell } = await receive('person@example.org');
  server.plan({ refuse: 550, at: 'RCPT TO' });
  await tell('received');
  await tell('received');
  expect(server.received).toEqual([]);
  expect(lines.join('')).toContain('person not mailed');
  expect(lines.join('')).not.toContain('example.org');
});

test('without an address, without a mail server, and once the contact data is dropped, nothing is sent and nothing fails', async () => {
  const unnamed = await receive();
  await unnamed.tell('received');
  const { tell, requestId } = await receive('person@example.org');
  await tell('received', LATER, mailPersonBy(null));
  await dropContact(db, ring, { requestId, reason: null });
  await tell('withdrawn');
  expect(server.received).toEqual([]);
});

test.each(LANGUAGES.flatMap((language) => MAIL_EVENTS.map((event) => ({ language, event }))))(
  'the mail "$event" in $language names the status page and where questions go, and leaves nothing unsaid',
  ({ language, event }) => {
    const facts = {
      companyName: 'Example Bakery',
      contactEmail: 'privacy@example.com',
      statusUrl: 'https://chat.example.com/privacy/requests/CODE',
      deletionUrl: 'https://chat.example.com/privacy/deletion',
      dueAt: '2026-11-28 09:30 UTC',
      accounts: ANSWERED_STATES.map((state) => ({ channel: 'whatsapp' as const, state })),
    };
    const { subject, text } = requestMail(language, event, facts);
    expect(text).toContain(facts.statusUrl);
    expect(text).toContain(facts.contactEmail);
    expect(subject).toContain(facts.companyName);
    expect(text).not.toMatch(/undefined|DELETE-/);
    expect(text.match(/^- WhatsApp: \p{L}.+$/gmu)).toHaveLength(ANSWERED_STATES.length);
    if (event === 'received') expect(text).toContain(facts.dueAt);
  },
);
