import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { createOutboxFolder } from '../../../lib/mail/outbox-folder.ts';
import { parseMail } from '../../fakes/mail/fake-mail-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SENDER = {
  companyName: 'Example Bakery',
  contactEmail: 'privacy@example.com',
  host: 'localhost',
};
const [first, second] = [temporaryFolder(), temporaryFolder()];
const mailTo = (to: string, id = 'request.received') => ({
  id,
  to,
  subject: 'Hello',
  text: 'Grüße\n',
});

test('the outbox keeps a mail in full, for its owner alone, and without the address that it would have gone to', async () => {
  const folder = path.join(first, 'outbox');
  const outbox = createOutboxFolder(SENDER, folder);
  expect(await outbox.send(mailTo('person@example.org'))).toBe('sent');
  expect(await outbox.send(mailTo('person@example.org'))).toBe('sent');
  expect(readdirSync(folder)).toEqual(['request.received.eml']);
  const file = path.join(folder, 'request.received.eml');
  const raw = readFileSync(file, 'utf8');
  expect(raw).not.toContain('person');
  expect(parseMail(raw)).toMatchObject({
    text: 'Grüße\n',
    headers: { subject: 'Hello', 'message-id': '<request.received@localhost>' },
  });
  expect([statSync(file).mode & 0o077, statSync(folder).mode & 0o077]).toEqual([0, 0]);
});

test('the outbox keeps the newest 200 mails', async () => {
  const folder = second;
  const outbox = createOutboxFolder(SENDER, folder);
  for (let n = 0; n < 201; n += 1) {
    await outbox.send(mailTo('person@example.org', `mail-${n}`));
    utimesSync(path.join(folder, `mail-${n}.eml`), n, n);
  }
  await outbox.send(mailTo('person@example.org', 'newest'));
  const kept = readdirSync(folder);
  expect(kept).toHaveLength(200);
  expect(kept).toContain('newest.eml');
  expect(kept).not.toContain('mail-1.eml');
});
