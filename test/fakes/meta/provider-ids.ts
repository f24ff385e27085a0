import { randomBytes } from 'node:crypto';

/**
 * A WhatsApp message id with the inner form of real ones: base64 of a small record that holds the digits of the
 * person's number. Code that keeps such an id keeps the number, and tests must be able to find that out.
 */
export function newWhatsAppMessageId(
  person: string,
  direction: 'from person' | 'to person' = 'to person',
): string {
  const digits = person.replace(/\D/g, '');
  const unique = randomBytes(9).toString('hex').toUpperCase();
  const record = Buffer.concat([
    Buffer.from([0x1c, 0x18, digits.length]),
    Buffer.from(digits),
    Buffer.from([0x15, 0x02, 0x00, direction === 'to person' ? 0x11 : 0x12, 0x18, unique.length]),
    Buffer.from(unique),
    Buffer.from([0x00]),
  ]);
  return `wamid.${record.toString('base64')}`;
}

/** An Instagram message id with the look of real ones: long, and base64 all through. */
export function newInstagramMessageId(account: string): string {
  const inner = Buffer.from(`item:1:IGMessageID:${account}:${randomBytes(48).toString('hex')}`);
  return `aWdfZAG1f${inner.toString('base64url')}`;
}
