import { readFileSync } from 'node:fs';

import { createGraphClient } from '../../../lib/meta/graph-client.ts';
import type { GraphClient } from '../../../lib/meta/graph-client.ts';
import { startFakeMeta } from '../../fakes/meta/fake-meta.ts';
import type { FakeMeta } from '../../fakes/meta/fake-meta.ts';

const PHONE = { kind: 'whatsapp phone', value: '+16505551234' } as const;
const USER_ID = { kind: 'whatsapp user id', value: 'US.13491208655302741918' } as const;
const INSTAGRAM_ID = { kind: 'instagram user id', value: '200000000000001' } as const;
const TO_PHONE = {
  channel: 'whatsapp',
  account: '106540352242922',
  to: PHONE,
  token: 'delivery-1',
} as const;
const TO_INSTAGRAM = {
  channel: 'instagram',
  account: '17841400000000000',
  to: INSTAGRAM_ID,
  token: 'delivery-1',
} as const;

let meta: FakeMeta;
let client: GraphClient;

beforeEach(async () => {
  meta = await startFakeMeta({ accessTokens: ['instagram-token', 'whatsapp-token'] });
  client = createGraphClient({
    graphUrls: { instagram: meta.url, whatsapp: `${meta.url}/` },
    accessTokens: { instagram: 'instagram-token', whatsapp: 'whatsapp-token' },
    timeoutMs: 5000,
  });
});

afterEach(async () => {
  client.close();
  await meta.close();
});

describe('a text', () => {
  test('to a phone is accepted with the id of Meta, and carries our token', async () => {
    const outcome = await client.sendText({ ...TO_PHONE, text: 'Hello, wörld 👋' });
    expect(meta.sent).toEqual([
      expect.objectContaining({
        channel: 'whatsapp',
        account: '106540352242922',
        to: '+16505551234',
        text: 'Hello, wörld 👋',
        token: 'delivery-1',
      }),
    ]);
    expect(outcome).toEqual({ kind: 'accepted', providerId: meta.sent[0]?.providerId });
  });

  test('to a person whom WhatsApp names by user id alone is accepted', async () => {
    const outcome = await client.sendText({ ...TO_PHONE, to: USER_ID, text: 'Hello' });
    expect(outcome).toEqual({ kind: 'accepted', providerId: meta.sent[0]?.providerId });
    expect(meta.sent[0]?.to).toBe(USER_ID.value);
  });

  test('on Instagram is accepted with the id of Meta', async () => {
    const outcome = await client.sendText({ ...TO_INSTAGRAM, text: 'Hello' });
    expect(outcome).toEqual({ kind: 'accepted', providerId: meta.sent[0]?.providerId });
    expect(meta.sent[0]).toMatchObject({
      channel: 'instagram',
      to: INSTAGRAM_ID.value,
      token: null,
    });
  });

  test('with half a surrogate pair is still sent', async () => {
    await client.sendText({ ...TO_INSTAGRAM, text: 'Hello \ud83d' });
    expect(meta.sent[0]?.text).toBe('Hello \ufffd');
  });

  test('after another goes over the same connection', async () => {
    for (let count = 0; count < 3; count += 1)
      await client.sendText({ ...TO_PHONE, text: 'Hello' });
    expect(meta.sent).toHaveLength(3);
    expect(meta.connections()).toBe(1);
  });

  test('over the limit of the channel is rejected as an invalid request', async () => {
    const rejected = { kind: 'rejected', reason: 'invalid request', code: 100 };
    expect(await client.sendText({ ...TO_INSTAGRAM, text: 'é'.repeat(501) })).toEqual(rejected);
    expect(await client.sendText({ ...TO_PHONE, text: 'é'.repeat(4097) })).toEqual(rejected);
    expect(await client.sendText({ ...TO_PHONE, text: 'é'.repeat(4096) })).toMatchObject({
      kind: 'accepted',
    });
  });

  test('with an address of the other channel is a mistake of the caller', async () => {
    await expect(client.sendText({ ...TO_INSTAGRAM, to: PHONE, text: 'Hello' })).rejects.toThrow(
      TypeError,
    );
    expect(meta.sent).toEqual([]);
  });

  test('never leaves the path of its account', async () => {
    const outcome = await client.sendText({
      ...TO_PHONE,
      account: '1/../106540352242922',
      text: 'Hello',
    });
    expect(outcome).toMatchObject({ kind: 'not sent', reason: 'account not found' });
    expect(meta.sent).toEqual([]);
  });
});

describe('an access token', () => {
  test('that Meta refuses leaves the message unsent, to be sent after reconnecting', async () => {
    const stranger = createGraphClient({
      graphUrls: { instagram: meta.url, whatsapp: meta.url },
      accessTokens: { instagram: 'expired', whatsapp: 'expired' },
      timeoutMs: 5000,
    });
    const refused = { kind: 'not sent', reason: 'token refused', retryAfterMs: null, code: 190 };
    expect(await stranger.sendText({ ...TO_PHONE, text: 'Hello' })).toEqual(refused);
    expect(await stranger.sendText({ ...TO_INSTAGRAM, text: 'Hello' })).toEqual(refused);
    stranger.close();
  });
});

describe('the answers that Meta documents', () => {
  const bodyOf = (path: string): unknown =>
    JSON.parse(readFileSync(new URL(`../../payloads/${path}.json`, import.meta.url), 'utf8'));

  test.each([
    ['instagram_send/send_text_ok', TO_INSTAGRAM, 'aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEOjE3ODQx'],
    [
      'whatsapp_send_responses/metadoc_ok_phone',
      TO_PHONE,
      'wamid.HBgLMTY0NjcwNDM1OTUVAgARGBI1RjQyNUE3NEYxMzAzMzQ5MkEA',
    ],
    [
      'whatsapp_send_responses/metadoc_ok_bsuid',
      TO_PHONE,
      'wamid.HBgLMTY0NjcwNDM1OTUVAgARGBI1RjQyNUE3NEYxMzAzMzQ5MkEA',
    ],
    [
      'whatsapp_send_responses/meta_openapi_200_send_text_message',
      TO_PHONE,
      'wamid.gBGGSFcCNEOPAgkO_KJ55r4w_ww',
    ],
  ])('%s is an acceptance', async (path, request, providerId) => {
    meta.plan({ status: 200, body: bodyOf(path) });
    expect(await client.sendText({ ...request, text: 'Hello' })).toEqual({
      kind: 'accepted',
      providerId,
    });
  });

  test.each([
    [
      'instagram_send/error_100_2534014',
      TO_INSTAGRAM,
      { kind: 'rejected', reason: 'person unreachable', code: 100 },
    ],
    [
      'instagram_send/error_10_2534022',
      TO_INSTAGRAM,
      { kind: 'rejected', reason: 'window closed', code: 10 },
    ],
    [
      'instagram_send/error_190',
      TO_INSTAGRAM,
      { kind: 'not sent', reason: 'token refused', code: 190 },
    ],
    [
      'instagram_send/error_551',
      TO_INSTAGRAM,
      { kind: 'rejected', reason: 'person unreachable', code: 551 },
    ],
    [
      'instagram_send/error_613_2534040',
      TO_INSTAGRAM,
      { kind: 'not sent', reason: 'throttled', code: 613 },
    ],
    [
      'whatsapp_send_responses/metadoc_error_131047',
      TO_PHONE,
      { kind: 'rejected', reason: 'window closed', code: 131047 },
    ],
    [
      'whatsapp_send_responses/metadoc_error_132000_captured',
      TO_PHONE,
      { kind: 'rejected', reason: 'invalid request', code: 132000 },
    ],
    [
      'whatsapp_send_responses/metadoc_error_190_463',
      TO_PHONE,
      { kind: 'not sent', reason: 'token refused', code: 190 },
    ],
  ])('%s is what its code says', async (path, request, outcome) => {
    meta.plan({ status: 400, body: bodyOf(path) });
    expect(await client.sendText({ ...request, text: 'Hello' })).toMatchObject(outcome);
  });
});

describe('reading', () => {
  const providerId = 'wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQUYzMjEzNDM2RTZGQ0MzMDJBRgA=';
  const ofPhone = {
    channel: 'whatsapp',
    account: '106540352242922',
    to: PHONE,
    providerId,
  } as const;
  const ofInstagram = { ...ofPhone, channel: 'instagram', to: INSTAGRAM_ID } as const;

  test('is shown on WhatsApp for the one message, with typing', async () => {
    expect(await client.showReading(ofPhone)).toBe('shown');
    expect(meta.reading).toEqual([
      expect.objectContaining({ channel: 'whatsapp', providerId, action: 'read and typing' }),
    ]);
  });

  test('is shown on Instagram as seen and typing', async () => {
    expect(await client.showReading(ofInstagram)).toBe('shown');
    expect(meta.reading.map(({ to, action }) => [to, action]).toSorted()).toEqual([
      [INSTAGRAM_ID.value, 'mark_seen'],
      [INSTAGRAM_ID.value, 'typing_on'],
    ]);
  });

  test.each([
    { status: 500, body: 'broken' },
    { status: 400, body: {} },
    'drop before reading',
  ] as const)('that fails is not shown and nothing else (%j)', async (behaviour) => {
    meta.planReading(behaviour);
    expect(await client.showReading(ofInstagram)).toBe('not shown');
    meta.planReading(behaviour);
    expect(await client.showReading(ofPhone)).toBe('not shown');
  });

  test('that cannot connect is not shown and nothing else', async () => {
    await meta.close();
    expect(await client.showReading(ofPhone)).toBe('not shown');
    meta = await startFakeMeta();
  });
});
