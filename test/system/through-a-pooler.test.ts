import { ACCOUNTS, createInstallation } from '../support/installation.ts';
import { privacyDesk } from '../support/privacy-desk.ts';
import { startTransactionPooler } from '../support/transaction-pooler.ts';

const mayfly = await createInstallation({ LLM_RETENTION_DAYS: '0' });
const pooler = await startTransactionPooler(mayfly.settings.DATABASE_URL);
await mayfly.stopApi();
await mayfly.stopWorker();
mayfly.settings.DATABASE_URL = pooler.connectionString;
await mayfly.startApi();
await mayfly.startWorker();
afterAll(async () => {
  await mayfly.stopApi();
  await mayfly.stopWorker();
  await pooler.close();
});

test('with a pooler in transaction mode that has one connection for all, people are answered and a deletion ends with its certificate', async () => {
  const people = ['15550300001', '15550300002', '15550300003'];
  const write = (from: string, text: string) =>
    mayfly.post(
      'whatsapp',
      mayfly.webhooks.whatsAppTextWebhook({ from, text, phoneNumberId: ACCOUNTS.whatsapp }),
    );
  const taken = await Promise.all(people.map((from) => write(from, 'When are you open?')));
  expect(taken.map(({ status }) => status)).toEqual([200, 200, 200]);
  const answers = await mayfly.sent(3);
  expect(answers.length).toBeGreaterThanOrEqual(3);

  const { ask, untilState } = privacyDesk(mayfly);
  const { code, verification } = await ask({ whatsapp: `+${people[0]}` });
  expect((await write(people[0] ?? '', verification.phrase)).status).toBe(200);
  await untilState(code, 'finished');
  const certificate = await fetch(mayfly.url(`/privacy/requests/${code}/certificate`));
  expect(certificate.status).toBe(200);
});
