import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import { DELIVERY_STATUSES } from '../../../domain/events.ts';
import { parseInstagramWebhook } from '../../../lib/meta/instagram-webhook.ts';
import { verifySignature } from '../../../lib/meta/webhook-signature.ts';
import { parseWhatsAppWebhook } from '../../../lib/meta/whatsapp-webhook.ts';
import type { SentText } from './fake-meta.ts';
import { newInstagramMessageId, newWhatsAppMessageId } from './provider-ids.ts';
import { createMetaWebhooks, postWebhook } from './webhooks.ts';
import type { SignedWebhook } from './webhooks.ts';

const SECRETS = { whatsapp: 'whatsapp-secret', instagram: 'instagram-secret' };
const webhooks = createMetaWebhooks(SECRETS);
const AT = new Date('2026-11-01T12:00:00Z');
const WHATSAPP_ACCOUNT = '106540352242922';
const INSTAGRAM_ACCOUNT = '17841400000000000';

const toPhone: SentText = {
  at: AT,
  channel: 'whatsapp',
  account: WHATSAPP_ACCOUNT,
  to: '+16505551234',
  text: 'Wörld / 👋',
  token: 'delivery-1',
  providerId: newWhatsAppMessageId('+16505551234'),
};
const toInstagram: SentText = {
  ...toPhone,
  channel: 'instagram',
  account: INSTAGRAM_ACCOUNT,
  to: '200000000000001',
  token: null,
  providerId: newInstagramMessageId(INSTAGRAM_ACCOUNT),
};
const phonePerson = {
  channel: 'whatsapp',
  account: WHATSAPP_ACCOUNT,
  identifiers: [{ kind: 'whatsapp phone', value: '+16505551234' }],
};
const instagramPerson = {
  channel: 'instagram',
  account: INSTAGRAM_ACCOUNT,
  identifiers: [{ kind: 'instagram user id', value: '200000000000001' }],
};

const whatsApp = ({ body }: SignedWebhook) =>
  parseWhatsAppWebhook(JSON.parse(body.toString('utf8')));
const instagram = ({ body }: SignedWebhook) =>
  parseInstagramWebhook(JSON.parse(body.toString('utf8')));
const only = (events: unknown[]) => ({ events, ignored: {}, malformed: 0 });

test('a WhatsApp text is the message that was asked for', () => {
  const id = newWhatsAppMessageId('+16505551234', 'from person');
  const webhook = webhooks.whatsAppTextWebhook({
    from: '+16505551234',
    phoneNumberId: WHATSAPP_ACCOUNT,
    text: 'Wörld / 👋',
    id,
    timestamp: AT,
  });
  const content = { kind: 'text', text: 'Wörld / 👋' };
  expect(whatsApp(webhook)).toEqual(
    only([{ type: 'message', person: phonePerson, providerId: id, at: AT, content }]),
  );
});

test('a WhatsApp text may come from a person who is named by user id alone', () => {
  const { events } = whatsApp(
    webhooks.whatsAppTextWebhook({
      userId: 'US.1349120865530274',
      phoneNumberId: WHATSAPP_ACCOUNT,
      text: 'Hello',
    }),
  );
  expect(events).toEqual([
    expect.objectContaining({
      person: expect.objectContaining({
        identifiers: [{ kind: 'whatsapp user id', value: 'US.1349120865530274' }],
      }),
    }),
  ]);
});

test('an Instagram text is the message that was asked for', () => {
  const webhook = webhooks.instagramTextWebhook({
    from: '200000000000001',
    account: INSTAGRAM_ACCOUNT,
    text: 'Wörld / 👋',
    mid: 'mid-1',
    timestamp: AT,
  });
  const content = { kind: 'text', text: 'Wörld / 👋' };
  expect(instagram(webhook)).toEqual(
    only([{ type: 'message', person: instagramPerson, providerId: 'mid-1', at: AT, content }]),
  );
});

test.each(DELIVERY_STATUSES)('a WhatsApp status %s carries the token of its text', (status) => {
  const errorCode = status === 'failed' ? 131026 : null;
  const webhook = webhooks.statusWebhook(toPhone, status, { at: AT, errorCode: 131026 });
  const { providerId, token } = toPhone;
  expect(whatsApp(webhook)).toEqual(
    only([{ type: 'status', person: phonePerson, providerId, token, status, errorCode, at: AT }]),
  );
});

test('an Instagram text can be seen, and has no other status', () => {
  const webhook = webhooks.statusWebhook(toInstagram, 'read', { at: AT });
  const { providerId } = toInstagram;
  expect(instagram(webhook)).toEqual(
    only([{ type: 'seen', person: instagramPerson, providerId, at: AT }]),
  );
  expect(() => webhooks.statusWebhook(toInstagram, 'delivered')).toThrow(TypeError);
});

test('an echo names the person it was sent to', () => {
  expect(instagram(webhooks.echoWebhook(toInstagram)).events).toEqual([
    {
      type: 'echo',
      person: instagramPerson,
      providerId: toInstagram.providerId,
      at: AT,
      text: toInstagram.text,
    },
  ]);
  expect(whatsApp(webhooks.echoWebhook(toPhone)).events).toEqual([
    {
      type: 'echo',
      person: phonePerson,
      providerId: toPhone.providerId,
      at: AT,
      text: toPhone.text,
    },
  ]);
});

test('what is posted is signed over its raw bytes, with everything outside ASCII escaped as Meta does', async () => {
  const received: { body: Buffer; signature: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    const signature = request.headers['x-hub-signature-256'] as string | undefined;
    received.push({ body: await buffer(request), signature });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  expect((await postWebhook(target, webhooks.echoWebhook(toPhone))).status).toBe(200);
  expect((await postWebhook(target, webhooks.echoWebhook(toInstagram))).status).toBe(200);
  server.closeAllConnections();
  server.close();

  const [first, second] = received;
  expect(first?.body.toString('utf8')).toContain('"W\\u00f6rld \\/ \\ud83d\\udc4b"');
  expect(
    verifySignature(first?.body ?? Buffer.alloc(0), first?.signature, [SECRETS.whatsapp]),
  ).toBe(true);
  expect(
    verifySignature(second?.body ?? Buffer.alloc(0), second?.signature, [SECRETS.instagram]),
  ).toBe(true);
  expect(
    verifySignature(second?.body ?? Buffer.alloc(0), second?.signature, [SECRETS.whatsapp]),
  ).toBe(false);
});
