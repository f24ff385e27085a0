import { instagramWebhooks } from './instagram-webhooks.ts';
import type { InstagramPerson } from './people.ts';
import type { Message, Phone } from './phones.ts';
import type { Webhook } from './webhook-sender.ts';
import { whatsAppWebhooks } from './whatsapp-webhooks.ts';

/** What a person does to a message: writes it, takes it back, reacts to it. */
export type Deed = 'message' | 'unsent' | 'reaction' | 'reaction removed';

/** The webhook by which Meta tells the business of it. */
export function personWebhook(
  { id: phone, person }: Phone,
  account: string,
  deed: Deed,
  message: Message,
): Webhook {
  const { channel } = person;
  const about =
    person.channel === 'instagram'
      ? instagramWebhooks(account, person)
      : whatsAppWebhooks(account, person);
  const now = new Date();
  switch (deed) {
    case 'message':
      return message.kind === 'image'
        ? { channel, phone, what: 'picture', body: about.image(message) }
        : { channel, phone, what: 'message', body: about.text(message) };
    case 'unsent':
      return { channel, phone, what: deed, body: about.unsent(message, now) };
    case 'reaction':
      return { channel, phone, what: deed, body: about.reaction(message, HEART, now) };
    case 'reaction removed':
      return { channel, phone, what: deed, body: about.reaction(message, null, now) };
  }
}

/** A human wrote in the business's own app: Meta tells the business's server, too. */
export function humanWebhook({ id, person }: Phone, account: string, message: Message): Webhook {
  const body =
    person.channel === 'instagram'
      ? instagramWebhooks(account, person).echo(message)
      : whatsAppWebhooks(account, person).echo(message);
  return { channel: person.channel, phone: id, what: 'echo of a human', body };
}

/** On WhatsApp no webhook tells the new text. */
export function editWebhook(
  phone: string,
  person: InstagramPerson,
  account: string,
  message: Message,
): Webhook {
  const body = instagramWebhooks(account, person).edited(message, new Date());
  return { channel: 'instagram', phone, what: 'edit', body };
}

const HEART = '\u2764\ufe0f';
