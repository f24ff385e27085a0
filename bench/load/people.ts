import { createMetaWebhooks } from '../../test/fakes/meta/webhooks.ts';
import type { SignedWebhook } from '../../test/fakes/meta/webhooks.ts';
import { APP_SECRET, withNumber } from '../fakes/protocol.ts';
import type { TakenText } from '../fakes/protocol.ts';
import { sentTextOf } from '../fakes/sent-text.ts';

/** Someone who writes, named by Meta with a phone and a user id. */
export interface Person {
  phone: string;
  userId: string;
}

export const ACCOUNT = '106540352242922';

/** As long as what people usually write. */
const WORDS = 'Do you have the rye bread today, and until when can I pick it up in the shop?';

const webhooks = createMetaWebhooks({ whatsapp: APP_SECRET, instagram: APP_SECRET });
let people = 0;
let messages = 0;

/** Someone who has not written before. */
export function newPerson(): Person {
  people += 1;
  const number = String(people).padStart(7, '0');
  return { phone: `1555${number}`, userId: `US.1349120865${number}` };
}

/** A new message of theirs: its number, and the webhook that brings it. */
export function newMessage({ phone, userId }: Person): { number: number; webhook: SignedWebhook } {
  messages += 1;
  const text = withNumber(messages, WORDS);
  const webhook = webhooks.whatsAppTextWebhook({
    from: phone,
    userId,
    phoneNumberId: ACCOUNT,
    text,
  });
  return { number: messages, webhook };
}

/** A report of what became of a text; which one follows from `index`. */
export function statusOf(text: TakenText, index: number): SignedWebhook {
  const statuses = ['sent', 'delivered', 'read'] as const;
  return webhooks.statusWebhook(sentTextOf(text), statuses[index % statuses.length] ?? 'sent');
}
