import { randomBytes } from 'node:crypto';
import type { Person } from './people.ts';

/**
 * A message id with the inner form of Meta's own. WhatsApp's holds the digits of the person's number, as real ones do,
 * so that code that treats it as harmless is found out here.
 */
export function newMessageId(
  person: Person,
  account: string,
  direction: 'from person' | 'to person',
): string {
  return person.channel === 'whatsapp'
    ? newWhatsAppId(person.phone, direction)
    : newInstagramId(account);
}

/** For a number that no simulated phone has: Meta gives an id before it knows whether anybody is there. */
export function newWhatsAppId(digits: string, direction: 'from person' | 'to person'): string {
  const key = `3EB0${randomBytes(8).toString('hex').toUpperCase()}`;
  const record = Buffer.concat([
    Buffer.from([0x1c, 0x18, digits.length]),
    Buffer.from(digits),
    Buffer.from([0x15, 0x02, 0x00, direction === 'to person' ? 0x11 : 0x12, 0x18, key.length]),
    Buffer.from(key),
    Buffer.from([0x00]),
  ]);
  return `wamid.${record.toString('base64')}`;
}

function newInstagramId(account: string): string {
  const unique = BigInt(`0x${randomBytes(12).toString('hex')}`);
  const inner = `item:1:IGMessageID:${account}:340282366841710301244259${unique}:${unique}`;
  return `aWdfZAG1f${Buffer.from(inner).toString('base64url')}`;
}
