import { createHmac } from 'node:crypto';
import { eventually } from '../../support/eventually.ts';
import { ACCOUNTS, createInstallation } from '../../support/installation.ts';

const mayfly = await createInstallation();

const sign = (body: Buffer | string, secret = 'whatsapp-app-secret') =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

function post(path: string, body: Buffer | string, headers: Record<string, string>) {
  return fetch(mayfly.url(path), {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
}

async function rows(): Promise<number> {
  const { count } = await mayfly.db
    .selectFrom('mayfly.messages')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

const message = (text: string) =>
  mayfly.webhooks.whatsAppTextWebhook({
    from: '15550107777',
    phoneNumberId: ACCOUNTS.whatsapp,
    text,
  });

test.each(['whatsapp', 'instagram'])(
  'the challenge of %s is answered with its own text',
  async (channel) => {
    const query = new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.verify_token': `${channel}-verify-token`,
      'hub.challenge': '1158201444',
    });
    const response = await fetch(mayfly.url(`/webhooks/${channel}?${query}`));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toBe('1158201444');
  },
);

test.each([
  [
    'with another token',
    'hub.mode=subscribe&hub.verify_token=instagram-verify-token&hub.challenge=1',
  ],
  ['without a token', 'hub.mode=subscribe&hub.challenge=1'],
  ['without a mode', 'hub.verify_token=whatsapp-verify-token&hub.challenge=1'],
  [
    'with two tokens',
    'hub.mode=subscribe&hub.verify_token=whatsapp-verify-token&hub.verify_token=x&hub.challenge=1',
  ],
  ['without a challenge', 'hub.mode=subscribe&hub.verify_token=whatsapp-verify-token'],
])('a challenge %s is refused', async (_case, query) => {
  const response = await fetch(mayfly.url(`/webhooks/whatsapp?${query}`));
  expect(response.status).toBe(403);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
});

test('any of several app secrets may have signed a webhook', async () => {
  const { body } = message('signed under the old secret');
  const response = await post('/webhooks/whatsapp', body, {
    'x-hub-signature-256': sign(body, 'old-secret'),
  });
  expect(response.status).toBe(200);
});

test('a webhook without a good signature is refused and nothing of it is stored', async () => {
  const before = await rows();
  const { body } = message('forged');
  const headers: Record<string, string>[] = [
    {},
    { 'x-hub-signature-256': '' },
    { 'x-hub-signature-256': 'sha256=' },
    { 'x-hub-signature-256': sign(body, 'wrong') },
    { 'x-hub-signature-256': sign(body).toUpperCase() },
    { 'x-hub-signature-256': sign(body, 'instagram-app-secret') },
    {
      'x-hub-signature': `sha1=${createHmac('sha1', 'whatsapp-app-secret').update(body).digest('hex')}`,
    },
  ];
  for (const header of headers) {
    const response = await post('/webhooks/whatsapp', body, header);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ status: 401, title: 'Not signed by Meta' });
  }
  expect(await rows()).toBe(before);
});

test.each([
  ['no body', ''],
  ['text', 'hello'],
  ['a cut object', '{"object":'],
  ['a number', '5'],
  ['null', 'null'],
  ['a string', '"whatsapp"'],
  ['an empty list', '[]'],
  ['a list of numbers', '[1, 2]'],
])('a signed body that is %s gets 400 and stores nothing', async (_case, body) => {
  const before = await rows();
  const response = await post('/webhooks/whatsapp', body, { 'x-hub-signature-256': sign(body) });
  expect(response.status).toBe(400);
  expect(await rows()).toBe(before);
});

test('bytes that are no text at all, signed, give 400 and no server error', async () => {
  const body = Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc0]);
  const response = await post('/webhooks/whatsapp', body, { 'x-hub-signature-256': sign(body) });
  expect(response.status).toBe(400);
});

test('a body over 3 MB gets 413, and one of almost 3 MB is taken', async () => {
  const sized = (size: number) =>
    Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', pad: 'x'.repeat(size) }));
  const large = sized(3 * 1024 * 1024);
  expect(
    (await post('/webhooks/whatsapp', large, { 'x-hub-signature-256': sign(large) })).status,
  ).toBe(413);
  const fitting = sized(3 * 1024 * 1024 - 100);
  expect(
    (await post('/webhooks/whatsapp', fitting, { 'x-hub-signature-256': sign(fitting) })).status,
  ).toBe(200);
});

test('a compressed body is refused, because Meta signs the bytes it sends', async () => {
  const response = await post('/webhooks/whatsapp', 'x', {
    'content-encoding': 'gzip',
    'x-hub-signature-256': sign('x'),
  });
  expect(response.status).toBe(415);
});

test('one bad entry in a batch of a thousand loses none of the others', async () => {
  const before = await rows();
  const { body } = message('template');
  const envelope = JSON.parse(body.toString()) as {
    object: string;
    entry: { changes: { value: { messages: { id: string }[] } }[] }[];
  };
  const [entry] = envelope.entry;
  const entries = Array.from({ length: 1000 }, (_, n) => {
    const copy = structuredClone(entry);
    const [first] = copy?.changes[0]?.value.messages ?? [];
    if (first !== undefined) first.id = `wamid.batch-${n}`;
    return n === 500
      ? { changes: [{ value: { messages: [{ from: 5 }, null] } }, 'nonsense'] }
      : copy;
  });
  const response = await mayfly.post(
    'whatsapp',
    mayfly.webhooks.signed({ ...envelope, entry: entries } as { object: string }),
  );
  expect(response.status).toBe(200);
  expect(await rows()).toBe(before + 999);
});

test('the health routes tell that the api works, and the metrics count the webhooks', async () => {
  expect((await fetch(mayfly.url('/livez'))).status).toBe(200);
  expect(await (await fetch(mayfly.url('/readyz'))).json()).toEqual({
    status: 'ok',
    checks: { database: 'ok' },
  });
  const metrics = await (await fetch(mayfly.url('/metrics'))).text();
  expect(metrics).toMatch(/mayfly_webhooks_total\{channel="whatsapp",status="401"\} [1-9]/);
});

test('an unknown address gets a problem document', async () => {
  const response = await fetch(mayfly.url('/nothing/here'));
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
});

test('no log line of all this carries a word, a number or an id of a message', async () => {
  await eventually(() => expect(mayfly.meta.sent.length).toBeGreaterThan(0));
  const log = mayfly.logLines.join('');
  for (const personal of ['15550107777', 'signed under', 'wamid', 'forged'])
    expect(log).not.toContain(personal);
});
