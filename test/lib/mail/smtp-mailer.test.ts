import { createTransport } from 'nodemailer';
import { createSmtpMailer, smtpOptions } from '../../../lib/mail/smtp-mailer.ts';
import { startFakeMailServer } from '../../fakes/mail/fake-mail-server.ts';
import { selfSigned } from '../../fakes/meta/self-signed.ts';

const SENDER = {
  companyName: 'Example Bakery',
  contactEmail: 'privacy@example.com',
  host: 'chat.example.com',
};
const MAIL = {
  id: 'request.received',
  to: 'person@example.org',
  subject: 'Größe',
  text: `Grüße\n${'a'.repeat(200)}\n`,
};

const server = await startFakeMailServer();
afterAll(() => server.close());
const mailer = createSmtpMailer(SENDER, { smtpUrl: server.url });
beforeEach(() => (server.received.length = 0));

test('a mail arrives as it was written, from the company, under an id of its own', async () => {
  expect(await mailer.send(MAIL)).toBe('sent');
  const [mail] = server.received;
  expect(mail).toMatchObject({
    from: 'privacy@example.com',
    to: ['person@example.org'],
    text: MAIL.text,
    headers: {
      from: 'Example Bakery <privacy@example.com>',
      to: 'person@example.org',
      'message-id': '<request.received@chat.example.com>',
      'auto-submitted': 'auto-generated',
    },
  });
});

test.each([
  ['an address that is refused for good', { refuse: 550, at: 'RCPT TO' }, 'refused'],
  ['a text that is refused for good', { refuse: 554, at: 'DATA' }, 'refused'],
  ['an address that is refused for now', { refuse: 451, at: 'RCPT TO' }, 'not sent'],
  ['a server that is full', { refuse: 452, at: 'DATA' }, 'not sent'],
] as const)(
  '%s: nothing was sent, and whether to try again is known',
  async (_case, plan, outcome) => {
    server.plan(plan);
    expect(await mailer.send(MAIL)).toBe(outcome);
    expect(server.received).toEqual([]);
    expect(await mailer.send(MAIL)).toBe('sent');
  },
);

test('a mail that was taken, and whose answer was lost, is known to be unsure', async () => {
  server.plan('take, and cut the answer');
  expect(await mailer.send(MAIL)).toBe('unsure');
  expect(server.received).toHaveLength(1);
});

test('a server that is away, or does not know our login, has got nothing', async () => {
  const away = await startFakeMailServer();
  await away.close();
  for (const smtpUrl of [away.url, server.url.replace('//', '//user:wrong@')])
    expect(await createSmtpMailer(SENDER, { smtpUrl }).send(MAIL)).toBe('not sent');
  const known = createSmtpMailer(SENDER, {
    smtpUrl: server.url.replace('//', '//user:pass%2Fword@'),
  });
  expect(await known.send(MAIL)).toBe('sent');
  expect(server.received).toHaveLength(1);
});

test('beyond this machine nothing is sent to a server that does not offer TLS', async () => {
  const options = {
    ...smtpOptions('smtp://mail.example.com'),
    host: '127.0.0.1',
    port: server.port,
  };
  await expect(createTransport(options).verify()).rejects.toThrow(/STARTTLS|502|TLS/);
  await expect(
    createTransport(options).sendMail({ ...MAIL, from: 'a@example.com' }),
  ).rejects.toThrow();
  expect(server.received).toEqual([]);
});

test('TLS is 1.2 or newer, and its certificate is checked', async () => {
  const { key, cert } = selfSigned();
  const secure = await startFakeMailServer({ key, cert, secure: true });
  const old = await startFakeMailServer({
    key,
    cert,
    secure: true,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  const to = (port: number, ca?: string) =>
    createSmtpMailer(SENDER, {
      smtpUrl: `smtps://127.0.0.1:${port}`,
      ...(ca === undefined ? {} : { ca }),
    }).send(MAIL);
  expect(await to(secure.port, cert)).toBe('sent');
  expect(secure.received[0]?.isSealed).toBe(true);
  expect(await to(secure.port)).toBe('not sent');
  expect(await to(old.port, cert)).toBe('not sent');
  await Promise.all([secure.close(), old.close()]);
});
