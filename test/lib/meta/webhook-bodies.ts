/** Small webhooks in Meta's shapes, for tests that change one thing at a time. */

export const PHONE_ID = '106540352242922';
export const AT = '1749416383';
export const AT_DATE = new Date('2025-06-08T20:59:43.000Z');

export type Json = Record<string, unknown>;

export function whatsAppBody(value: unknown, field = 'messages'): Json {
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [{ field, value }] }],
  };
}

/** One change with these messages. */
export function withMessages(messages: unknown, rest: Json = {}): Json {
  return whatsAppBody({ ...metadata(), ...rest, messages });
}

export function withStatuses(...statuses: unknown[]): Json {
  return whatsAppBody({ ...metadata(), statuses });
}

export function withEchoes(...echoes: unknown[]): Json {
  return whatsAppBody({ ...metadata(), message_echoes: echoes }, 'smb_message_echoes');
}

export function whatsAppMessage(part: Json = {}): Json {
  return {
    from: '16505551234',
    id: 'wamid.one',
    timestamp: AT,
    type: 'text',
    text: { body: 'Hello' },
    ...part,
  };
}

export function whatsAppStatus(part: Json = {}): Json {
  return {
    id: 'wamid.one',
    status: 'delivered',
    timestamp: AT,
    recipient_id: '16505551234',
    ...part,
  };
}

export function whatsAppEcho(part: Json = {}): Json {
  return {
    from: '15550783881',
    to: '16505551234',
    id: 'wamid.one',
    timestamp: AT,
    type: 'text',
    text: { body: 'Hello' },
    ...part,
  };
}

function metadata(): Json {
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550783881', phone_number_id: PHONE_ID },
  };
}

export const IG_ACCOUNT = '17841400000000000';
export const IG_CUSTOMER = '200000000000001';

export function instagramBody(...messaging: unknown[]): Json {
  return instagramEntry({ messaging });
}

export function instagramEntry(part: Json): Json {
  return { object: 'instagram', entry: [{ id: IG_ACCOUNT, time: 1749416383000, ...part }] };
}

/** An item from the customer to the business. */
export function instagramItem(part: Json): Json {
  return {
    sender: { id: IG_CUSTOMER },
    recipient: { id: IG_ACCOUNT },
    timestamp: 1749416383000,
    ...part,
  };
}

/** An item from the business to the customer. */
export function instagramOutgoing(part: Json): Json {
  return instagramItem({ sender: { id: IG_ACCOUNT }, recipient: { id: IG_CUSTOMER }, ...part });
}

export function instagramMessage(part: Json = {}): Json {
  return instagramItem({ message: { mid: 'mid.one', text: 'Hello', ...part } });
}
