import { randomInt } from 'node:crypto';
import type { Channel } from '../../domain/channels.ts';
import type { PersonReference } from '../../domain/events.ts';

export interface InstagramPerson {
  channel: 'instagram';
  name: string;
  /** Meta's id of the person, scoped to the business account. */
  scopedId: string;
  username: string;
}

export interface WhatsAppPerson {
  channel: 'whatsapp';
  name: string;
  /** Digits with the country code, as Meta writes `wa_id`. */
  phone: string;
  /** The business-scoped user id. */
  userId: string;
}

/** Whom a simulated phone belongs to. All are made up: the numbers are of the kind kept for fiction. */
export type Person = InstagramPerson | WhatsAppPerson;

const NAMES = [
  'Robin Hale',
  'Mika Stone',
  'Noor Winter',
  'Sam Rivers',
  'Alex Brook',
  'Kim Meadow',
  'Jo Marsh',
  'Lou Field',
  'Charlie Frost',
  'Toni Wood',
] as const;

/** The first owner of each phone is always the same, so that a reply under way finds its phone after a restart. */
export const FIRST_PEOPLE = {
  instagram: {
    channel: 'instagram',
    name: 'Robin Hale',
    scopedId: '90000000000000123',
    username: 'robin.hale.123',
  },
  whatsapp: {
    channel: 'whatsapp',
    name: 'Mika Stone',
    phone: '15550100123',
    userId: 'US.90000000000000000123',
  },
} as const satisfies Record<Channel, Person>;

/** A person who has never written before: drawn at random, so hardly one whom an earlier run has made. */
export function newPerson(channel: Channel): Person {
  const name = NAMES[randomInt(NAMES.length)]!;
  if (channel === 'whatsapp') {
    return { channel, name, phone: `155501${digits(5)}`, userId: `US.9${digits(19)}` };
  }
  const username = `${name.toLowerCase().replace(' ', '.')}.${digits(4)}`;
  return { channel, name, scopedId: `9${digits(16)}`, username };
}

/** How the other side knows the person: a handle or a phone number. */
export function addressOf(person: Person): string {
  if (person.channel === 'instagram') return `@${person.username}`;
  const [, country, area, exchange, line] = /^(1)(\d{3})(\d{3})(\d{4})$/.exec(person.phone)!;
  return `+${country} ${area} ${exchange} ${line}`;
}

/** The person as a webhook to this account names them, with the identifiers as our parsers write them. */
export function referenceTo(person: Person, account: string): PersonReference {
  if (person.channel === 'instagram') {
    const identifiers = [{ kind: 'instagram user id', value: person.scopedId }] as const;
    return { channel: 'instagram', account, identifiers };
  }
  const userId = { kind: 'whatsapp user id', value: person.userId } as const;
  const phone = { kind: 'whatsapp phone', value: `+${person.phone}` } as const;
  return { channel: 'whatsapp', account, identifiers: [userId, phone] };
}

function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}
