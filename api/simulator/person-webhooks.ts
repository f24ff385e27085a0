import { instagramWebhooks } from './instagram-webhooks.ts';
import type { Message, Phone } from './phones.ts';
import type { Webhook } from './webhook-sender.ts';
import { whatsAppWebhooks } from './whatsapp-webhooks.ts';

/** What the person did to a message of theirs, or of the business's. */
export type Deed =
  | { kind: 'wrote'; message: Message }
  | { kind: 'unsent'; message: Message }
  | { kind: 'reacted' | 'took the reaction back'; message: Message };

/** The webhook by which Meta tells the business of it. */
export function personWebhook(
  { person }: Phone,
  account: string,
  { kind, message }: Deed,
): Webhook {
  const { channel } = person;
  const about =
    person.channel === 'instagram'
      ? instagramWebhooks(account, person)
      : whatsAppWebhooks(account, person);
  const now = new Date();
  switch (kind) {
    case 'wrote': {
      const body = message.kind === 'image' ? about.image(message) : about.text(message);
      return { channel, what: message.kind === 'image' ? 'image' : 'message', body };
    }
    case 'unsent':
      return { channel, what: 'unsent', body: about.unsent(message, now) };
    case 'reacted':
      return { channel, what: 'reaction', body: about.reaction(message, HEART, now) };
    case 'took the reaction back':
      return { channel, what: 'reaction removed', body: about.reaction(message, null, now) };
  }
}

const HEART = '\u2764\ufe0f';
