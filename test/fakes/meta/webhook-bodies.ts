import type { DeliveryStatus } from '../../../domain/events.ts';
import type { SentText } from './fake-meta.ts';
import { newInstagramMessageId, newWhatsAppMessageId } from './provider-ids.ts';

export interface WhatsAppTextFields {
  /** Digits, with or without `+`. Left out for a person whom Meta names by user id alone. */
  from?: string;
  userId?: string;
  username?: string;
  name?: string;
  phoneNumberId: string;
  text: string;
  id?: string;
  timestamp?: Date;
}

export interface InstagramTextFields {
  from: string;
  account: string;
  text: string;
  mid?: string;
  timestamp?: Date;
}

const isPhone = (address: string) => /^\+?\d+$/.test(address);
const digits = (phone: string) => phone.replace('+', '');
const seconds = (at: Date) => String(Math.floor(at.getTime() / 1000));

const DISPLAY_PHONE_NUMBER = '15550100000';

function whatsAppChange(phoneNumberId: string, field: string, value: object) {
  const metadata = { display_phone_number: DISPLAY_PHONE_NUMBER, phone_number_id: phoneNumberId };
  const change = { field, value: { messaging_product: 'whatsapp', metadata, ...value } };
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [change] }],
  };
}

/** A text from a person, as Cloud API webhooks have it since user ids came beside phones. */
export function whatsAppText(fields: WhatsAppTextFields) {
  const { from, userId, username, phoneNumberId, text, timestamp = new Date() } = fields;
  const contact = {
    profile: {
      name: fields.name ?? 'Test Person',
      ...(username === undefined ? {} : { username }),
    },
    ...(from === undefined ? {} : { wa_id: digits(from) }),
    ...(userId === undefined ? {} : { user_id: userId }),
  };
  const message = {
    ...(from === undefined ? {} : { from: digits(from) }),
    ...(userId === undefined ? {} : { from_user_id: userId }),
    id: fields.id ?? newWhatsAppMessageId(from ?? userId ?? '', 'from person'),
    timestamp: seconds(timestamp),
    type: 'text',
    text: { body: text },
  };
  return whatsAppChange(phoneNumberId, 'messages', { contacts: [contact], messages: [message] });
}

/** What became of a text we sent, with the token it was sent with. */
export function whatsAppStatus(
  sent: SentText,
  status: DeliveryStatus,
  options: { at?: Date; errorCode?: number },
) {
  const { at = new Date(), errorCode = 131000 } = options;
  const hasFailed = status === 'failed';
  const recipient = isPhone(sent.to)
    ? { recipient_id: digits(sent.to) }
    : { recipient_user_id: sent.to };
  const contact = isPhone(sent.to) ? { wa_id: digits(sent.to) } : { user_id: sent.to };
  const error = {
    code: errorCode,
    title: 'Failed',
    message: 'Failed',
    error_data: { details: 'Failed' },
  };
  const entry = {
    id: sent.providerId,
    status,
    timestamp: seconds(at),
    ...recipient,
    ...(sent.token === null ? {} : { biz_opaque_callback_data: sent.token }),
    ...(hasFailed ? { errors: [error] } : { pricing: SERVICE_PRICING }),
  };
  // A failed status names no contacts.
  const contacts = hasFailed
    ? {}
    : { contacts: [{ profile: { name: 'Test Person' }, ...contact }] };
  return whatsAppChange(sent.account, 'messages', { ...contacts, statuses: [entry] });
}

const SERVICE_PRICING = {
  billable: true,
  pricing_model: 'PMP',
  type: 'regular',
  category: 'service',
};

/** A text sent from the business's own phone, for a number in coexistence. */
export function whatsAppEcho(sent: SentText, at: Date) {
  const echo = {
    from: DISPLAY_PHONE_NUMBER,
    ...(isPhone(sent.to) ? { to: digits(sent.to) } : { to_user_id: sent.to }),
    id: sent.providerId,
    timestamp: seconds(at),
    type: 'text',
    text: { body: sent.text },
  };
  return whatsAppChange(sent.account, 'smb_message_echoes', { message_echoes: [echo] });
}

function instagramMessaging(
  account: string,
  sender: string,
  recipient: string,
  at: Date,
  item: object,
) {
  const messaging = {
    sender: { id: sender },
    recipient: { id: recipient },
    timestamp: at.getTime(),
    ...item,
  };
  return {
    object: 'instagram',
    entry: [{ id: account, time: at.getTime(), messaging: [messaging] }],
  };
}

/** A text from a person to the account. */
export function instagramText({
  from,
  account,
  text,
  mid,
  timestamp = new Date(),
}: InstagramTextFields) {
  const message = { mid: mid ?? newInstagramMessageId(account), text };
  return instagramMessaging(account, from, account, timestamp, { message });
}

/** A text from the account to a person: sender and recipient trade places. */
export function instagramEcho({ account, to, providerId, text }: SentText, at: Date) {
  return instagramMessaging(account, account, to, at, {
    message: { mid: providerId, text, is_echo: true },
  });
}

/** @throws TypeError for every status but `read`. */
export function instagramSeen(
  { account, to, providerId }: SentText,
  status: DeliveryStatus,
  { at = new Date() },
) {
  if (status !== 'read') throw new TypeError(`Instagram reports no status "${status}"`);
  return instagramMessaging(account, to, account, at, { read: { mid: providerId } });
}
