import { createHash } from 'node:crypto';
import type { DeliveryStatus } from '../../domain/events.ts';
import { newMessageId } from './message-ids.ts';
import type { WhatsAppPerson } from './people.ts';
import type { Message } from './phones.ts';

/** The number and the account that the simulated business has. Meta tells both in every webhook. */
const DISPLAY_PHONE_NUMBER = '15550100000';
const BUSINESS_ACCOUNT = '200000000000000';

type Written = Pick<Message, 'providerId' | 'at' | 'text'>;

/** The webhooks of one person on one business number. Source: WhatsApp Cloud API, webhooks, `messages` field. */
export function whatsAppWebhooks(account: string, person: WhatsAppPerson) {
  const told = (id: string, at: Date, type: string, content: object) =>
    envelope(account, {
      contacts: [contactOf(person)],
      messages: [
        {
          from: person.phone,
          from_user_id: person.userId,
          id,
          timestamp: seconds(at),
          type,
          [type]: content,
        },
      ],
    });
  // A change of a message is a message of its own, with an id of its own.
  const newId = () => newMessageId(person, account, 'from person');
  return {
    text: ({ providerId, at, text }: Written) => told(providerId, at, 'text', { body: text }),
    image: ({ providerId, at }: Written) => told(providerId, at, 'image', imageOf(providerId)),
    reaction: (of: Written, emoji: string | null, at: Date) =>
      told(newId(), at, 'reaction', {
        message_id: of.providerId,
        ...(emoji === null ? {} : { emoji }),
      }),
    unsent: (of: Written, at: Date) =>
      told(newId(), at, 'revoke', { original_message_id: of.providerId }),
    /** What a human wrote in the business's own app. Source: WhatsApp Cloud API, `smb_message_echoes` field. */
    echo: ({ providerId, at, text }: Written) => {
      const from = { from: DISPLAY_PHONE_NUMBER, to: person.phone, to_user_id: person.userId };
      const message = {
        ...from,
        id: providerId,
        timestamp: seconds(at),
        type: 'text',
        text: { body: text },
      };
      return envelope(account, { message_echoes: [message] }, 'smb_message_echoes');
    },
  };
}

/** Whom a status is about: a simulated person, or a number that nobody here has. */
export type StatusRecipient = WhatsAppPerson | { phone: string };

/** Source: WhatsApp Cloud API, webhooks, status messages; a failed one names no contact. */
export function whatsAppStatus(
  account: string,
  recipient: StatusRecipient,
  status: DeliveryStatus,
  of: { providerId: string; token: string | null; at: Date },
): object {
  const isPerson = 'userId' in recipient;
  const entry = {
    id: of.providerId,
    status,
    timestamp: seconds(of.at),
    recipient_id: recipient.phone,
    ...(isPerson ? { recipient_user_id: recipient.userId } : {}),
    ...(of.token === null ? {} : { biz_opaque_callback_data: of.token }),
    ...(status === 'failed' ? { errors: [UNDELIVERABLE] } : { pricing: PRICING }),
  };
  return envelope(account, {
    ...(isPerson ? { contacts: [contactOf(recipient)] } : {}),
    statuses: [entry],
  });
}

const PRICING = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'service' };

const UNDELIVERABLE = {
  code: 131026,
  title: 'Message undeliverable',
  message: 'Message undeliverable',
  error_data: { details: 'Message Undeliverable.' },
};

function envelope(account: string, value: object, field = 'messages'): object {
  const metadata = { display_phone_number: DISPLAY_PHONE_NUMBER, phone_number_id: account };
  const change = {
    value: { messaging_product: 'whatsapp', metadata, ...value },
    field,
  };
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: BUSINESS_ACCOUNT, changes: [change] }],
  };
}

function contactOf({ name, phone, userId }: WhatsAppPerson): object {
  return { profile: { name }, wa_id: phone, user_id: userId };
}

function imageOf(seed: string): object {
  const hash = createHash('sha256').update(seed).digest();
  return {
    mime_type: 'image/jpeg',
    sha256: hash.toString('base64'),
    id: String(hash.readBigUInt64BE() >> 14n).padStart(16, '1'),
  };
}

function seconds(at: Date): string {
  return String(Math.floor(at.getTime() / 1000));
}
