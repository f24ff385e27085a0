import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

import { startFakeMeta } from './fake-meta.ts';
import type { FakeMeta } from './fake-meta.ts';

const PHONE_NUMBER_ID = '106540352242922';
const TEXT_TO_PHONE = {
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: '+15550100001',
  type: 'text',
  text: { preview_url: false, body: 'Hello' },
  biz_opaque_callback_data: 'delivery-1',
};
const TEXT_TO_INSTAGRAM = { recipient: { id: '200000000000001' }, message: { text: 'Hello' } };

let meta: FakeMeta;
beforeEach(async () => {
  meta = await startFakeMeta();
});
afterEach(() => meta.close());

async function post(body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${meta.url}/${PHONE_NUMBER_ID}/messages`, {
    method: 'POST',
    headers: { authorization: 'Bearer token', 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const json = (await response.json()) as { error?: { code: number } };
  return { status: response.status, json };
}

function payload(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../payloads/${path}.json`, import.meta.url), 'utf8'));
}

test.each([
  'instagram_send/send_text_request',
  'instagram_send/send_mark_seen_request',
  'instagram_send/send_typing_on_request',
  'whatsapp_send_requests/metadoc_send_text_to_phone',
  'whatsapp_send_requests/metadoc_read_and_typing',
  'whatsapp_send_requests/meta_openapi_send_typing_indicator_and_read_receipt',
])('the request %s that Meta documents is taken', async (path) => {
  expect((await post(payload(path))).status).toBe(200);
  expect(meta.sent.length + meta.reading.length).toBe(1);
});

test('an answer has the fields that Meta documents, and no others', async () => {
  const keysOf = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .map(([key, inner]) => [key, keysOf(inner)])
            .toSorted(),
        )
      : typeof value;
  const answers = {
    toPhone: (await post(TEXT_TO_PHONE)).json,
    toUserId: (await post({ ...TEXT_TO_PHONE, to: undefined, recipient: 'US.1349120865530274' }))
      .json,
    toInstagram: (await post(TEXT_TO_INSTAGRAM)).json,
  };
  expect(keysOf(answers)).toEqual(
    keysOf({
      toPhone: payload('whatsapp_send_responses/metadoc_ok_phone'),
      toUserId: payload('whatsapp_send_responses/metadoc_ok_bsuid'),
      toInstagram: payload('instagram_send/send_text_ok'),
    }),
  );
});

test('a phone wins over a user id', async () => {
  await post({ ...TEXT_TO_PHONE, recipient: 'US.1349120865530274' });
  expect(meta.sent[0]?.to).toBe('+15550100001');
});

test('message ids are unique, and one of WhatsApp holds the digits of the person', async () => {
  for (let count = 0; count < 50; count += 1)
    await post(count % 2 ? TEXT_TO_PHONE : TEXT_TO_INSTAGRAM);
  const ids = meta.sent.map((sent) => sent.providerId);
  expect(new Set(ids).size).toBe(50);
  const inner = Buffer.from(ids[1]?.replace('wamid.', '') ?? '', 'base64').toString('latin1');
  expect(inner).toContain('15550100001');
});

test.each([
  ['an unknown field', { ...TEXT_TO_PHONE, idempotency_key: '1' }],
  ['no recipient', { ...TEXT_TO_PHONE, to: undefined }],
  ['a phone that is none', { ...TEXT_TO_PHONE, to: 'US.1349120865530274' }],
  ['a user id that is none', { ...TEXT_TO_PHONE, to: undefined, recipient: '+15550100001' }],
  ['another product', { ...TEXT_TO_PHONE, messaging_product: 'messenger' }],
  ['a blank text', { ...TEXT_TO_PHONE, text: { body: ' \n' } }],
  ['a text of 4097 characters', { ...TEXT_TO_PHONE, text: { body: '😀'.repeat(4097) } }],
  ['a token of 513 characters', { ...TEXT_TO_PHONE, biz_opaque_callback_data: 'x'.repeat(513) }],
  ['a text of 1001 bytes', { ...TEXT_TO_INSTAGRAM, message: { text: `${'é'.repeat(500)}a` } }],
  ['metadata', { ...TEXT_TO_INSTAGRAM, message: { text: 'Hello', metadata: 'delivery-1' } }],
  ['a text beside a sender action', { ...TEXT_TO_INSTAGRAM, sender_action: 'typing_on' }],
  ['a handle for an id', { ...TEXT_TO_INSTAGRAM, recipient: { id: 'test.person' } }],
  ['nothing', {}],
  ['a list', []],
  ['no JSON', '{"recipient":'],
])('a request with %s is an invalid parameter, and nothing is sent', async (_, body) => {
  const { status, json } = await post(body);
  expect(status).toBe(400);
  expect(json.error).toMatchObject({ code: 100, type: 'OAuthException' });
  expect(meta.sent).toEqual([]);
});

test.each([
  ['4096 characters', { ...TEXT_TO_PHONE, text: { body: '😀'.repeat(4096) } }],
  ['1000 bytes', { ...TEXT_TO_INSTAGRAM, message: { text: 'é'.repeat(500) } }],
])('a text of %s is within the limit', async (_, body) => {
  expect((await post(body)).status).toBe(200);
});

test.each(['', 'Bearer ', 'Basic dG9rZW4='])(
  'without a bearer token nothing is done ("%s")',
  async (authorization) => {
    const { status, json } = await post(TEXT_TO_PHONE, { authorization });
    expect(status).toBe(401);
    expect(json.error?.code).toBe(190);
    expect(meta.sent).toEqual([]);
  },
);

test('any other address is an object that does not exist', async () => {
  for (const path of ['/106540352242922', '/me/messages', '/106540352242922/messages/1']) {
    const response = await fetch(meta.url + path, {
      method: 'POST',
      headers: { authorization: 'Bearer token' },
    });
    expect(await response.json()).toMatchObject({ error: { code: 100, error_subcode: 33 } });
  }
});

test('a plan is for one text each, in order, and does not touch reading', async () => {
  meta.plan({ status: 500, body: { error: { code: 2 } } }, 'execute then 500');
  expect(
    (await post({ ...TEXT_TO_INSTAGRAM, message: undefined, sender_action: 'typing_on' })).status,
  ).toBe(200);
  expect((await post(TEXT_TO_PHONE)).status).toBe(500);
  expect(meta.sent).toHaveLength(0);
  await expect(post(TEXT_TO_PHONE)).rejects.toThrow('JSON');
  expect(meta.sent).toHaveLength(1);
  expect((await post(TEXT_TO_PHONE)).status).toBe(200);
  expect(meta.reading).toHaveLength(1);
});

test('what is told of an accepted text comes before its answer', async () => {
  const order: string[] = [];
  meta.onAccepted(async (sent) => {
    await new Promise((resolve) => setImmediate(resolve));
    order.push(sent.token ?? '');
  });
  await post(TEXT_TO_PHONE);
  order.push('answer');
  expect(order).toEqual(['delivery-1', 'answer']);
});

test('a callback that throws is not lost', async () => {
  const broken = await startFakeMeta();
  broken.onAccepted(() => {
    throw new Error('the callback is broken');
  });
  const request = fetch(`${broken.url}/${PHONE_NUMBER_ID}/messages`, {
    method: 'POST',
    headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
    body: JSON.stringify(TEXT_TO_PHONE),
  });
  await expect(request).rejects.toThrow();
  await expect(broken.close()).rejects.toThrow('the callback is broken');
});

test('a client that goes away in the middle of its request is no failure', async () => {
  const { hostname, port, pathname } = new URL(`${meta.url}/${PHONE_NUMBER_ID}/messages`);
  const socket = connect(Number(port), hostname);
  const headers =
    'authorization: Bearer token\r\ncontent-type: application/json\r\ncontent-length: 500';
  await new Promise<void>((resolve) => {
    socket.write(
      `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\n${headers}\r\n\r\n{"messaging`,
      () => resolve(),
    );
  });
  await post(TEXT_TO_PHONE);
  socket.destroy();
  await post(TEXT_TO_PHONE);
  await expect(meta.close()).resolves.toBeUndefined();
  meta = await startFakeMeta();
});
