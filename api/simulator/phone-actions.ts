import { setTimeout } from 'node:timers/promises';
import type { Channel } from '../../domain/channels.ts';
import { EXAMPLES } from './example-texts.ts';
import { instagramWebhooks } from './instagram-webhooks.ts';
import { newMessageId } from './message-ids.ts';
import { personWebhook } from './person-webhooks.ts';
import type { Message, Phone, Phones } from './phones.ts';
import type { Acknowledgement } from './simulator-event.ts';
import type { Webhook, WebhookSender } from './webhook-sender.ts';

/** What the first attempt of each webhook got; or why there was none. */
export type ActionResult =
  | { kind: 'done'; acknowledgements: Acknowledgement[] }
  | { kind: 'nothing to do it to' | 'not on this channel' };

export type PhoneActions = ReturnType<typeof createPhoneActions>;

/** In milliseconds: a person's pause within a burst, and how far apart messages that overtake each other are. */
const BURST_PAUSE_MS = 250;
/** WhatsApp tells times in whole seconds, so less would be no order at all. */
const OUT_OF_ORDER_MS = 2_000;

/** What a person can do on their phone. Each deed is shown on it and told to the business by a webhook. */
export function createPhoneActions(deps: {
  phones: Phones;
  sender: WebhookSender;
  accounts: Readonly<Record<Channel, string>>;
}) {
  const { phones, sender } = deps;
  const accountOf = ({ person }: Phone) => deps.accounts[person.channel];

  function write(phone: Phone, kind: 'text' | 'image', text: string, at = new Date()): Message {
    const providerId = newMessageId(phone.person, accountOf(phone), 'from person');
    return phones.addMessage(phone, {
      from: 'person',
      kind,
      text,
      providerId,
      at,
      state: 'sending',
    });
  }
  function tell(phone: Phone, message: Message, repeated = ''): Promise<Acknowledgement> {
    const webhook = personWebhook(phone, accountOf(phone), { kind: 'wrote', message });
    phones.advance(phone, message, 'sent');
    return sender.post({ ...webhook, what: `${webhook.what}${repeated}` }, (got, outlook) => {
      phones.change(phone, message, { acknowledgement: got });
      if (outlook === 'acknowledged') phones.advance(phone, message, 'delivered');
      if (outlook === 'gives up') phones.advance(phone, message, 'failed');
    });
  }
  const post = async (webhook: Webhook) => done(await sender.post(webhook));

  return {
    async send(phone: Phone, text: string): Promise<ActionResult> {
      return done(await tell(phone, write(phone, 'text', text)));
    },
    /** The same message, id and all, a second time: as Meta does when an acknowledgement was late. */
    async sendTwice(phone: Phone, text: string = EXAMPLES.twice): Promise<ActionResult> {
      const message = write(phone, 'text', text);
      return done(await tell(phone, message), await tell(phone, message, ', same id'));
    },
    async sendBurst(phone: Phone): Promise<ActionResult> {
      const under: Promise<Acknowledgement>[] = [];
      for (const [index, text] of EXAMPLES.burst.entries()) {
        if (index > 0) await setTimeout(BURST_PAUSE_MS);
        under.push(tell(phone, write(phone, 'text', text)));
      }
      return done(...(await Promise.all(under)));
    },
    /** Written in order, told the other way round. */
    async sendOutOfOrder(phone: Phone): Promise<ActionResult> {
      const now = Date.now();
      const [earlier, later] = EXAMPLES.outOfOrder.map((text, index) =>
        write(phone, 'text', text, new Date(now - OUT_OF_ORDER_MS * (1 - index))),
      ) as [Message, Message];
      const first = await tell(phone, later);
      return done(first, await tell(phone, earlier, ', written earlier'));
    },
    async sendImage(phone: Phone): Promise<ActionResult> {
      return done(await tell(phone, write(phone, 'image', '')));
    },
    async unsend(phone: Phone): Promise<ActionResult> {
      const message = last(phone, ({ from, kind }) => from === 'person' && kind !== 'unsent');
      if (!message) return { kind: 'nothing to do it to' };
      phones.change(phone, message, { kind: 'unsent', text: '' });
      return post(personWebhook(phone, accountOf(phone), { kind: 'unsent', message }));
    },
    /** Instagram alone tells the new text; WhatsApp tells that something was edited, and not what. */
    async edit(phone: Phone, text: string): Promise<ActionResult> {
      const { person } = phone;
      if (person.channel !== 'instagram') return { kind: 'not on this channel' };
      const message = last(phone, ({ from, kind }) => from === 'person' && kind === 'text');
      if (!message) return { kind: 'nothing to do it to' };
      phones.change(phone, message, { text, edits: message.edits + 1 });
      const body = instagramWebhooks(accountOf(phone), person).edited(message, new Date());
      return post({ channel: 'instagram', what: 'edit', body });
    },
    /** To the business's last message; a second time takes the reaction back. */
    async react(phone: Phone): Promise<ActionResult> {
      const message = last(phone, ({ from }) => from === 'business');
      if (!message) return { kind: 'nothing to do it to' };
      phones.change(phone, message, { isReactedTo: !message.isReactedTo });
      const kind = message.isReactedTo ? 'reacted' : 'took the reaction back';
      return post(personWebhook(phone, accountOf(phone), { kind, message }));
    },
  };
}

function done(...acknowledgements: Acknowledgement[]): ActionResult {
  return { kind: 'done', acknowledgements };
}

/** By the person's own order, which is that of time. */
function last(phone: Phone, isIt: (message: Message) => boolean): Message | undefined {
  return phone.messages.findLast(isIt);
}
