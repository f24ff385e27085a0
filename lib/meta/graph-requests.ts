import type { Channel } from '../../domain/channels.ts';
import type { Identifier } from '../../domain/events.ts';

/** Whom to write to. Where a person has both a phone and a WhatsApp user id, give the phone: Meta prefers it too. */
export interface SendAddress extends Identifier {
  kind: 'instagram user id' | 'whatsapp phone' | 'whatsapp user id';
}

const CHANNEL_OF = {
  'instagram user id': 'instagram',
  'whatsapp phone': 'whatsapp',
  'whatsapp user id': 'whatsapp',
} as const satisfies Record<SendAddress['kind'], Channel>;

/** @throws TypeError where an address of one channel is used on the other: a mistake in the caller. */
export function assertAddress(channel: Channel, { kind }: SendAddress): void {
  if (CHANNEL_OF[kind] !== channel)
    throw new TypeError(`an address of kind "${kind}" is not of ${channel}`);
}

/**
 * The body that sends one text. `token` comes back on every WhatsApp status; Instagram has no such field.
 * Sources: WhatsApp Cloud API, Messages; Instagram API with Instagram Login, Messaging.
 */
export function textBody(to: SendAddress, text: string, token: string): object {
  // Half of a surrogate pair is not UTF-8 and would be refused, for one broken character of a model's output.
  const wellFormed = text.toWellFormed();
  if (to.kind === 'instagram user id')
    return { recipient: { id: to.value }, message: { text: wellFormed } };
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...(to.kind === 'whatsapp phone' ? { to: to.value } : { recipient: to.value }),
    type: 'text',
    text: { preview_url: false, body: wellFormed },
    biz_opaque_callback_data: token,
  };
}

/** The bodies that show a message as read and an answer as being written: WhatsApp takes one, Instagram two. */
export function readingBodies(to: SendAddress, providerId: string): object[] {
  if (to.kind === 'instagram user id') {
    const recipient = { id: to.value };
    return [
      { recipient, sender_action: 'mark_seen' },
      { recipient, sender_action: 'typing_on' },
    ];
  }
  return [
    {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: providerId,
      typing_indicator: { type: 'text' },
    },
  ];
}
