import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNTS, createInstallation } from '../../support/installation.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
cpSync('assistant', folder, { recursive: true });
const file = join(folder, 'assistant.yaml');
writeFileSync(
  file,
  `${readFileSync(file, 'utf8')}\naccounts:\n  whatsapp: ['${ACCOUNTS.whatsapp}']\n`,
);
const mayfly = await createInstallation({ ASSISTANT_FILE: file });

const people = async () =>
  (await mayfly.db.selectFrom('mayfly.subjects').select(['channel', 'account']).execute()).map(
    ({ channel, account }) => `${channel} ${account}`,
  );

test('an account that the assistant file does not list is acknowledged, left alone and counted', async () => {
  const { whatsAppTextWebhook, instagramTextWebhook } = mayfly.webhooks;
  const others = [
    mayfly.post(
      'whatsapp',
      whatsAppTextWebhook({ from: '15550100001', phoneNumberId: '106540352242999', text: 'hello' }),
    ),
    // A channel without a list is one without accounts.
    mayfly.post(
      'instagram',
      instagramTextWebhook({
        from: '17842000000000001',
        account: ACCOUNTS.instagram,
        text: 'hello',
      }),
    ),
  ];
  for (const response of await Promise.all(others)) expect(response.status).toBe(200);
  await mayfly.post(
    'whatsapp',
    whatsAppTextWebhook({
      from: '15550100002',
      phoneNumberId: ACCOUNTS.whatsapp,
      text: 'good morning',
    }),
  );
  await mayfly.sent(1);
  expect(mayfly.meta.sent.map(({ to }) => to)).toEqual(['+15550100002']);
  expect(await people()).toEqual([`whatsapp ${ACCOUNTS.whatsapp}`]);
  expect(await (await fetch(mayfly.url('/metrics'))).text()).toMatch(
    /mayfly_webhook_events_total\{channel="whatsapp",type="other account",result="ignored"\} 1/,
  );
});
