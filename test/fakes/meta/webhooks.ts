import { createHmac } from 'node:crypto';

import type { DeliveryStatus } from '../../../domain/events.ts';
import type { SentText } from './fake-meta.ts';
import {
  instagramEcho,
  instagramSeen,
  instagramText,
  whatsAppEcho,
  whatsAppStatus,
  whatsAppText,
} from './webhook-bodies.ts';
import type { InstagramTextFields, WhatsAppTextFields } from './webhook-bodies.ts';

/** A webhook as it is on the wire: the raw bytes, and the value of X-Hub-Signature-256. */
export interface SignedWebhook {
  body: Buffer;
  signature: string;
}

export interface MetaWebhooks {
  whatsAppTextWebhook(fields: WhatsAppTextFields): SignedWebhook;
  instagramTextWebhook(fields: InstagramTextFields): SignedWebhook;
  /** On Instagram only `read` exists. `errorCode` is told with `failed`. */
  statusWebhook(
    sent: SentText,
    status: DeliveryStatus,
    options?: { at?: Date; errorCode?: number },
  ): SignedWebhook;
  /** What the app shows it sent: Instagram echoes every message, WhatsApp those of a number in coexistence. */
  echoWebhook(sent: SentText, options?: { at?: Date }): SignedWebhook;
  /** Any other body, signed for its channel. */
  signed(body: { object: string }): SignedWebhook;
}

/** Builds the webhooks that Meta would post, signed with the app secrets that the receiver knows. */
export function createMetaWebhooks(secrets: { whatsapp: string; instagram: string }): MetaWebhooks {
  function signed(body: { object: string }): SignedWebhook {
    const raw = Buffer.from(asMetaWrites(body));
    const secret = body.object === 'instagram' ? secrets.instagram : secrets.whatsapp;
    return {
      body: raw,
      signature: `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`,
    };
  }
  return {
    signed,
    whatsAppTextWebhook: (fields) => signed(whatsAppText(fields)),
    instagramTextWebhook: (fields) => signed(instagramText(fields)),
    statusWebhook: (sent, status, options = {}) =>
      signed(
        sent.channel === 'whatsapp'
          ? whatsAppStatus(sent, status, options)
          : instagramSeen(sent, status, options),
      ),
    echoWebhook: (sent, { at = sent.at } = {}) =>
      signed(sent.channel === 'whatsapp' ? whatsAppEcho(sent, at) : instagramEcho(sent, at)),
  };
}

/** Posts a webhook as Meta would. */
export function postWebhook(target: string, { body, signature }: SignedWebhook): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
  return fetch(target, { method: 'POST', headers, body: new Uint8Array(body) });
}

// Meta signs the text with everything outside ASCII escaped, and slashes too.
function asMetaWrites(body: object): string {
  const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(body)
    .replaceAll('/', '\\/')
    .replace(/[\u007f-\uffff]/g, escape);
}
