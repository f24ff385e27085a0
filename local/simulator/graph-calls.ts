import type { Channel } from '../../domain/channels.ts';
import type { DeliveryReports } from './delivery-reports.ts';
import { noMatchingUser, SUCCESS, unknownMessage } from './graph-answers.ts';
import type { GraphAnswer } from './graph-answers.ts';
import type { GraphRequest, ReadingShown } from './graph-requests.ts';
import { newMessageId, newWhatsAppId } from './message-ids.ts';
import type { Message, Phone, Phones } from './phones.ts';

type Text = Extract<GraphRequest, { kind: 'text' }>;
type Reading = Extract<GraphRequest, { kind: 'reading' }>;

export interface GraphCalls {
  /** The phone that a request is about. */
  phoneOf(channel: Channel, request: GraphRequest): Phone | undefined;
  /** Shows the text on its recipient's phone, and has the statuses sent. */
  text(channel: Channel, request: Text): GraphAnswer;
  /** Shows the person's messages as read, and the business as typing. */
  reading(request: Reading): GraphAnswer;
}

/** What the Graph API does with a request that it has understood. */
export function createGraphCalls(deps: {
  phones: Phones;
  reports: DeliveryReports;
  accounts: Readonly<Record<Channel, string>>;
}): GraphCalls {
  const { phones, reports, accounts } = deps;

  const recipientOf = (channel: Channel, { to }: Text) =>
    phones.all().find((one) => isAt(one, channel, to));
  const readerOf = ({ of }: Reading) =>
    phones
      .all()
      .find((one) =>
        'person' in of
          ? isAt(one, 'instagram', of.person)
          : one.messages.some((message) => isFromPerson(message, of.messageId)),
      );

  return {
    phoneOf(channel, request) {
      if (request.kind === 'text') return recipientOf(channel, request);
      return request.kind === 'reading' ? readerOf(request) : undefined;
    },
    text(channel, request) {
      const { to, text, token } = request;
      const phone = recipientOf(channel, request);
      if (!phone) return toNobody(channel, to, token);
      const providerId = newMessageId(phone.person, accounts[channel], 'to person');
      const message = phones.addMessage(phone, {
        from: 'business',
        kind: 'text',
        text,
        providerId,
        at: new Date(),
        state: 'sending',
      });
      phones.setTyping(phone, false);
      reports.follow({ phone, message, token });
      return accepted(channel, to, providerId);
    },
    reading(request) {
      const { of, shows } = request;
      const phone = readerOf(request);
      if (!phone) return 'person' in of ? noMatchingUser() : unknownMessage();
      show(phones, phone, shows, 'person' in of ? null : of.messageId);
      return 'person' in of ? { status: 200, body: { recipient_id: of.person } } : SUCCESS;
    },
  };

  function toNobody(channel: Channel, to: string, token: string | null): GraphAnswer {
    if (channel === 'instagram') return noMatchingUser();
    const providerId = newWhatsAppId(digitsOf(to), 'to person');
    reports.undeliverable({ digits: digitsOf(to), providerId, token });
    return accepted(channel, to, providerId);
  }
}

function show(phones: Phones, phone: Phone, shows: ReadingShown, upTo: string | null): void {
  if (shows === 'read' || shows === 'read and typing') {
    const index = phone.messages.findIndex((message) => message.providerId === upTo);
    const read = upTo === null ? phone.messages : phone.messages.slice(0, index + 1);
    for (const message of read) {
      if (message.from === 'person') phones.advance(phone, message, 'read');
    }
  }
  if (shows === 'typing' || shows === 'read and typing') phones.setTyping(phone, true);
  if (shows === 'typing ended') phones.setTyping(phone, false);
}

function isFromPerson({ from, providerId }: Message, id: string): boolean {
  return from === 'person' && providerId === id;
}

function isAt({ person }: Phone, channel: Channel, address: string): boolean {
  if (person.channel !== channel) return false;
  return person.channel === 'instagram'
    ? person.scopedId === address
    : person.phone === address || person.userId === address;
}

function digitsOf(address: string): string {
  return address.replace(/\D/g, '');
}

/** WhatsApp tells the id that belongs to the kind of address it was given. */
function accepted(channel: Channel, to: string, providerId: string): GraphAnswer {
  if (channel === 'instagram') {
    return { status: 200, body: { recipient_id: to, message_id: providerId } };
  }
  const known = /^\d+$/.test(to) ? { wa_id: to } : { user_id: to };
  const contacts = [{ input: to, ...known }];
  return {
    status: 200,
    body: { messaging_product: 'whatsapp', contacts, messages: [{ id: providerId }] },
  };
}
