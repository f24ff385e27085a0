import { randomUUID } from 'node:crypto';
import type { Channel } from '../../domain/channels.ts';
import { addressOf, FIRST_PEOPLE, newPerson } from './people.ts';
import type { Person } from './people.ts';
import { MESSAGE_STATES } from './simulator-event.ts';
import type { MessageState, MessageView, PhoneView, Publish } from './simulator-event.ts';

/** A message on a phone. `providerId` is Meta's id of it, `edits` how often it was edited. */
export interface Message extends Pick<
  MessageView,
  'id' | 'order' | 'from' | 'kind' | 'text' | 'isByHand'
> {
  providerId: string;
  at: Date;
  state: MessageState;
  edits: number;
  isReactedTo: boolean;
  acknowledgement: MessageView['acknowledgement'];
}

export interface Phone {
  id: string;
  person: Person;
  messages: Message[];
  /** While the business is shown as typing. */
  typing: NodeJS.Timeout | null;
}

export type NewMessage = Pick<Message, 'from' | 'kind' | 'text' | 'providerId' | 'at' | 'state'> &
  Partial<Pick<Message, 'isByHand'>>;

/** Of each channel. */
const MOST_PHONES = 20;
const MOST_MESSAGES = 500;
/** Meta ends the indicator after 25 seconds, or with the reply (WhatsApp Cloud API, typing indicators). */
const TYPING_MS = 25_000;

/**
 * The simulated phones and what is on them: in memory alone, since a person's words must reach no disk but sealed.
 * The oldest phone that was added goes when there are too many, and a phone's oldest messages likewise.
 */
export class Phones {
  readonly #phones = new Map<string, Phone>();
  readonly #publish: Publish;
  #order = 0;

  constructor(publish: Publish, channels: readonly Channel[]) {
    this.#publish = publish;
    for (const channel of channels) this.#put(FIRST_PEOPLE[channel]);
  }

  all(): readonly Phone[] {
    return [...this.#phones.values()];
  }

  find(id: string): Phone | undefined {
    return this.#phones.get(id);
  }

  /** A phone of a person who has never written. */
  add(channel: Channel): Phone {
    const those = this.all().filter(({ person }) => person.channel === channel);
    if (those.length >= MOST_PHONES) this.#remove(those[1]!);
    return this.#put(newPerson(channel));
  }

  addMessage(phone: Phone, fields: NewMessage): Message {
    this.#order += 1;
    const about = { edits: 0, isReactedTo: false, isByHand: false, acknowledgement: null };
    const message = { id: `message-${this.#order}`, order: this.#order, ...about, ...fields };
    phone.messages.push(message);
    if (phone.messages.length > MOST_MESSAGES) phone.messages.shift();
    this.#tell(phone, message);
    return message;
  }

  change(phone: Phone, message: Message, fields: Partial<Omit<Message, 'id' | 'order'>>): void {
    Object.assign(message, fields);
    this.#tell(phone, message);
  }

  /** Moves a message on; answers and statuses come in any order, and one that tells less changes nothing. */
  advance(phone: Phone, message: Message, state: MessageState): void {
    const rank = (one: MessageState) => MESSAGE_STATES.indexOf(one);
    if (rank(state) > rank(message.state)) this.change(phone, message, { state });
  }

  /** Makes what is on the phone `ms` older from now on; the words say why. */
  passTime(phone: Phone, ms: number, words: string): void {
    for (const message of phone.messages) {
      this.change(phone, message, { at: new Date(message.at.getTime() - ms) });
    }
    this.addMessage(phone, {
      from: 'nobody',
      kind: 'time passed',
      text: words,
      providerId: '',
      at: new Date(),
      state: 'sent',
    });
  }

  setTyping(phone: Phone, isTyping: boolean): void {
    if (phone.typing === null && !isTyping) return;
    if (phone.typing) clearTimeout(phone.typing);
    const end = () => this.setTyping(phone, false);
    phone.typing = isTyping ? setTimeout(end, TYPING_MS).unref() : null;
    this.#publish({ type: 'phone', phone: phoneView(phone) });
  }

  close(): void {
    for (const { typing } of this.#phones.values()) if (typing) clearTimeout(typing);
  }

  #put(person: Person): Phone {
    const phone: Phone = { id: randomUUID(), person, messages: [], typing: null };
    this.#phones.set(phone.id, phone);
    this.#publish({ type: 'phone', phone: phoneView(phone) });
    return phone;
  }

  #remove(phone: Phone): void {
    if (phone.typing) clearTimeout(phone.typing);
    this.#phones.delete(phone.id);
    this.#publish({ type: 'phone gone', phone: phone.id });
  }

  #tell(phone: Phone, message: Message): void {
    this.#publish({ type: 'message', phone: phone.id, message: messageView(message) });
  }
}

export function phoneView({ id, person, typing }: Phone): PhoneView {
  const { channel, name } = person;
  return { id, channel, name, address: addressOf(person), isTyping: typing !== null };
}

export function messageView(message: Message): MessageView {
  const { id, order, from, kind, text, isByHand, state, isReactedTo, acknowledgement } = message;
  const at = message.at.toISOString();
  const isEdited = message.edits > 0;
  return {
    id,
    order,
    from,
    kind,
    text,
    isByHand,
    at,
    state,
    isEdited,
    isReactedTo,
    acknowledgement,
  };
}
