import { randomUUID } from 'node:crypto';
import type { Channel } from '../../domain/channels.ts';
import { addressOf, FIRST_PEOPLE, newPerson } from './people.ts';
import type { Person } from './people.ts';
import { MESSAGE_STATES } from './simulator-event.ts';
import type { MessageState, MessageView, PhoneView, Publish } from './simulator-event.ts';

/** A message on a phone. `providerId` is Meta's id of it, `edits` how often it was edited. */
export interface Message extends Pick<MessageView, 'id' | 'order' | 'from' | 'kind' | 'text'> {
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
  typingUntil: NodeJS.Timeout | null;
}

export type Phones = ReturnType<typeof createPhones>;

const MOST_PHONES = 20;
const MOST_MESSAGES = 500;
/** Meta ends the indicator after 25 seconds, or with the reply (WhatsApp Cloud API, typing indicators). */
const TYPING_MS = 25_000;

/**
 * The simulated phones and what is on them: in memory alone, since a person's words must reach no disk but sealed.
 * The oldest phone that was added goes when there are too many of a channel, and a phone's oldest messages likewise.
 */
export function createPhones(publish: Publish) {
  const phones = new Map<string, Phone>();
  let order = 0;

  function put(person: Person): Phone {
    const phone: Phone = { id: randomUUID(), person, messages: [], typingUntil: null };
    phones.set(phone.id, phone);
    publish({ type: 'phone', phone: phoneView(phone) });
    return phone;
  }
  function remove(phone: Phone): void {
    if (phone.typingUntil) clearTimeout(phone.typingUntil);
    phones.delete(phone.id);
    publish({ type: 'phone gone', phone: phone.id });
  }
  function told(phone: Phone, message: Message): void {
    publish({ type: 'message', phone: phone.id, message: messageView(message) });
  }
  function setTyping(phone: Phone, isTyping: boolean): void {
    if (phone.typingUntil) clearTimeout(phone.typingUntil);
    else if (!isTyping) return;
    phone.typingUntil = isTyping
      ? setTimeout(() => setTyping(phone, false), TYPING_MS).unref()
      : null;
    publish({ type: 'phone', phone: phoneView(phone) });
  }
  put(FIRST_PEOPLE.instagram);
  put(FIRST_PEOPLE.whatsapp);

  return {
    all: (): readonly Phone[] => [...phones.values()],
    find: (id: string): Phone | undefined => phones.get(id),
    add(channel: Channel): Phone {
      const [, oldestAdded, ...more] = [...phones.values()].filter(
        ({ person }) => person.channel === channel,
      );
      if (oldestAdded && more.length + 2 >= MOST_PHONES) remove(oldestAdded);
      return put(newPerson(channel));
    },
    addMessage(
      phone: Phone,
      fields: Pick<Message, 'from' | 'kind' | 'text' | 'providerId' | 'at' | 'state'>,
    ): Message {
      order += 1;
      const about = { edits: 0, isReactedTo: false, acknowledgement: null };
      const message: Message = { id: `message-${order}`, order, ...about, ...fields };
      phone.messages.push(message);
      if (phone.messages.length > MOST_MESSAGES) phone.messages.shift();
      told(phone, message);
      return message;
    },
    change(phone: Phone, message: Message, fields: Partial<Omit<Message, 'id' | 'order'>>): void {
      Object.assign(message, fields);
      told(phone, message);
    },
    /** Moves a message on; answers and statuses come in any order, and one that tells less changes nothing. */
    advance(phone: Phone, message: Message, state: MessageState): void {
      const rank = (one: MessageState) => MESSAGE_STATES.indexOf(one);
      if (rank(state) <= rank(message.state)) return;
      message.state = state;
      told(phone, message);
    },
    setTyping,
    close(): void {
      for (const { typingUntil } of phones.values()) if (typingUntil) clearTimeout(typingUntil);
    },
  };
}

export function phoneView({ id, person, typingUntil }: Phone): PhoneView {
  return {
    id,
    channel: person.channel,
    name: person.name,
    address: addressOf(person),
    isTyping: typingUntil !== null,
  };
}

export function messageView(message: Message): MessageView {
  const { id, order, from, kind, text, state, isReactedTo, acknowledgement } = message;
  const at = message.at.toISOString();
  const isEdited = message.edits > 0;
  return { id, order, from, kind, text, at, state, isEdited, isReactedTo, acknowledgement };
}
