import { setTimeout } from 'node:timers/promises';
import type { Channel } from '../../domain/channels.ts';
import { EXAMPLES } from './example-texts.ts';
import { newMessageId } from './message-ids.ts';
import { editWebhook, humanWebhook, personWebhook } from './person-webhooks.ts';
import type { Message, Phone, Phones } from './phones.ts';
import type { Acknowledgement } from './simulator-event.ts';
import type { Webhook, WebhookSender } from './webhook-sender.ts';

/** What the first attempt of each webhook got; or why there was none. */
export type ActionResult =
  | { kind: 'done'; acknowledgements: Acknowledgement[] }
  | { kind: 'nothing to do it to' | 'not on this channel' | 'nobody known' };

/** A person's pause within a burst. */
const BURST_PAUSE_MS = 250;
/** WhatsApp tells times in whole seconds, so less would be no order at all. */
const OUT_OF_ORDER_MS = 2_000;

/** What a person can do on their phone. Each deed is shown on it and told to the business by a webhook. */
export class PhoneActions {
  readonly #phones: Phones;
  readonly #sender: WebhookSender;
  readonly #accounts: Readonly<Record<Channel, string>>;

  constructor(deps: {
    phones: Phones;
    sender: WebhookSender;
    accounts: Readonly<Record<Channel, string>>;
  }) {
    this.#phones = deps.phones;
    this.#sender = deps.sender;
    this.#accounts = deps.accounts;
  }

  async send(phone: Phone, text: string): Promise<ActionResult> {
    return done(await this.#tell(phone, this.#write(phone, 'text', text)));
  }

  /** The same message, id and all, a second time: as Meta does when an acknowledgement was late. */
  async sendTwice(phone: Phone, text: string = EXAMPLES.twice): Promise<ActionResult> {
    const message = this.#write(phone, 'text', text);
    const first = await this.#tell(phone, message);
    return done(first, await this.#tell(phone, message, ', same id'));
  }

  async sendBurst(phone: Phone): Promise<ActionResult> {
    const underWay: Promise<Acknowledgement>[] = [];
    for (const [index, text] of EXAMPLES.burst.entries()) {
      if (index > 0) await setTimeout(BURST_PAUSE_MS);
      underWay.push(this.#tell(phone, this.#write(phone, 'text', text)));
    }
    return done(...(await Promise.all(underWay)));
  }

  /** Written in order, told the other way round. */
  async sendOutOfOrder(phone: Phone): Promise<ActionResult> {
    const now = Date.now();
    const [first, second] = EXAMPLES.outOfOrder;
    const earlier = this.#write(phone, 'text', first, new Date(now - OUT_OF_ORDER_MS));
    const later = this.#write(phone, 'text', second, new Date(now));
    const answer = await this.#tell(phone, later);
    return done(answer, await this.#tell(phone, earlier, ', written earlier'));
  }

  async sendImage(phone: Phone): Promise<ActionResult> {
    return done(await this.#tell(phone, this.#write(phone, 'image', '')));
  }

  async unsend(phone: Phone): Promise<ActionResult> {
    const isOwn = ({ from, kind }: Message) => from === 'person' && kind !== 'unsent';
    const message = phone.messages.findLast(isOwn);
    if (!message) return { kind: 'nothing to do it to' };
    this.#phones.change(phone, message, { kind: 'unsent', text: '' });
    return this.#post(personWebhook(phone, this.#accountOf(phone), 'unsent', message));
  }

  /** Instagram alone tells the new text; WhatsApp tells that something was edited, and not what. */
  async edit(phone: Phone, text: string): Promise<ActionResult> {
    const { person } = phone;
    if (person.channel !== 'instagram') return { kind: 'not on this channel' };
    const isOwnText = ({ from, kind }: Message) => from === 'person' && kind === 'text';
    const message = phone.messages.findLast(isOwnText);
    if (!message) return { kind: 'nothing to do it to' };
    this.#phones.change(phone, message, { text, edits: message.edits + 1 });
    return this.#post(editWebhook(phone.id, person, this.#accountOf(phone), message));
  }

  /** To the business's last message; a second time takes the reaction back. */
  async react(phone: Phone): Promise<ActionResult> {
    const message = phone.messages.findLast(({ from }) => from === 'business');
    if (!message) return { kind: 'nothing to do it to' };
    this.#phones.change(phone, message, { isReactedTo: !message.isReactedTo });
    const deed = message.isReactedTo ? 'reaction' : 'reaction removed';
    return this.#post(personWebhook(phone, this.#accountOf(phone), deed, message));
  }

  /** Written by hand in the business's own app. */
  async answerAsHuman(phone: Phone, text: string): Promise<ActionResult> {
    const providerId = newMessageId(phone.person, this.#accountOf(phone), 'to person');
    const about = { from: 'business', kind: 'text', isByHand: true, state: 'sent' } as const;
    const message = this.#phones.addMessage(phone, { ...about, text, providerId, at: new Date() });
    return this.#post(humanWebhook(phone, this.#accountOf(phone), message));
  }

  #accountOf({ person }: Phone): string {
    return this.#accounts[person.channel];
  }

  #write(phone: Phone, kind: 'text' | 'image', text: string, at = new Date()): Message {
    const providerId = newMessageId(phone.person, this.#accountOf(phone), 'from person');
    const message = { from: 'person', kind, text, providerId, at, state: 'sending' } as const;
    return this.#phones.addMessage(phone, message);
  }

  #tell(phone: Phone, message: Message, repeated = ''): Promise<Acknowledgement> {
    const webhook = personWebhook(phone, this.#accountOf(phone), 'message', message);
    this.#phones.advance(phone, message, 'sent');
    return this.#sender.post({ ...webhook, what: `${webhook.what}${repeated}` }, (got, outlook) => {
      this.#phones.change(phone, message, { acknowledgement: got });
      if (outlook === 'acknowledged') this.#phones.advance(phone, message, 'delivered');
      if (outlook === 'gives up') this.#phones.advance(phone, message, 'failed');
    });
  }

  async #post(webhook: Webhook): Promise<ActionResult> {
    return done(await this.#sender.post(webhook));
  }
}

function done(...acknowledgements: Acknowledgement[]): ActionResult {
  return { kind: 'done', acknowledgements };
}
