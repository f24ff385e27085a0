import { createUnprovenCalls } from '../../../api/webhooks/unproven-calls.ts';
import { createLog } from '../../../lib/log.ts';
import { createMetrics } from '../../../lib/metrics.ts';
import { createMetaWebhooks } from '../../fakes/meta/webhooks.ts';
import { ACCOUNTS, createInstallation } from '../../support/installation.ts';

const mayfly = await createInstallation();

const wrong = createMetaWebhooks({ whatsapp: 'not the secret', instagram: 'not the secret' });
const PERSON = '15550100777';
const told = () =>
  mayfly.logLines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ event }) => event === 'not proven to be of Meta');
const figures = async () => (await fetch(mayfly.url('/metrics'))).text();

test('webhooks under a wrong app secret are told once in the log, with the setting to look at, and each is counted', async () => {
  for (let i = 0; i < 5; i += 1) {
    const webhook = wrong.whatsAppTextWebhook({
      from: PERSON,
      phoneNumberId: ACCOUNTS.whatsapp,
      text: 'a private word',
    });
    expect((await mayfly.post('whatsapp', webhook)).status).toBe(401);
  }
  expect(told()).toEqual([
    expect.objectContaining({
      level: 'warn',
      route: 'WhatsApp webhook',
      count: 1,
      msg: expect.stringContaining('WHATSAPP_APP_SECRETS'),
    }),
  ]);
  expect(await figures()).toContain(
    'mayfly_unproven_calls_total{type="WhatsApp webhook",reason="wrong proof"} 5',
  );
  expect(JSON.stringify(told()) + (await figures())).not.toMatch(
    /private word|15550100777|secret"/,
  );
});

test('a stranger without any signature is counted, and fills no log', async () => {
  const before = told().length;
  const answer = await fetch(mayfly.url('/webhooks/instagram'), { method: 'POST', body: '{}' });
  expect(answer.status).toBe(401);
  expect(told()).toHaveLength(before);
  expect(await figures()).toContain(
    'mayfly_unproven_calls_total{type="Instagram webhook",reason="no proof"} 1',
  );
});

test('a wrong verify token and a callback under a wrong secret name their settings', async () => {
  const query = 'hub.mode=subscribe&hub.verify_token=mistyped&hub.challenge=1';
  expect((await fetch(mayfly.url(`/webhooks/instagram?${query}`))).status).toBe(403);
  const body = new URLSearchParams({ signed_request: 'bm90aGluZw.bm90aGluZw' });
  const callback = await fetch(mayfly.url('/meta/data-deletion'), { method: 'POST', body });
  expect(callback.status).toBe(400);
  const words = told().map(({ msg }) => String(msg));
  for (const setting of ['INSTAGRAM_VERIFY_TOKEN', 'META_APP_SECRETS'])
    expect(words.filter((word) => word.includes(setting))).toHaveLength(1);
  expect(words.join()).not.toContain('mistyped');
});

test('as long as it goes on the log says so again every ten minutes, with how many there were, one door for itself', () => {
  const lines: string[] = [];
  let now = 0;
  const unproven = createUnprovenCalls({
    metrics: createMetrics(),
    log: createLog('test', { write: (line: string) => void lines.push(line) }),
    now: () => now,
  });
  for (let second = 0; second < 1500; second += 1) {
    now = second * 1000;
    unproven('WhatsApp webhook', 'wrong proof');
  }
  unproven('Instagram webhook', 'wrong proof');
  const counts = lines.map((line) => JSON.parse(line) as { route: string; count: number });
  expect(counts.map(({ route, count }) => [route, count])).toEqual([
    ['WhatsApp webhook', 1],
    ['WhatsApp webhook', 600],
    ['WhatsApp webhook', 600],
    ['Instagram webhook', 1],
  ]);
});
