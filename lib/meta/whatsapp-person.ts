import { z } from 'zod';
import type { Address, PersonReference } from '../../domain/events.ts';
import { phoneNumber } from './phone-number.ts';

/**
 * What one item says about who a person is. Either may be missing: a person with a username may
 * hide their phone.
 */
export interface WhatsAppIdentity {
  userId: string | undefined;
  phone: string | undefined;
}

// A country, a dot, letters and digits, as Meta documents it. What has another form may stand for
// several people (a placeholder, a name), and joining two would show one the other's words.
const USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[0-9A-Za-z]{1,128}$/;

/** E.164 has at most fifteen digits, and no number with its country code is shorter than seven. */
const PHONE = /^\+[1-9]\d{6,14}$/;

/**
 * A business-scoped user id. What cannot be one counts as absent: the phone may still tell who it
 * is.
 */
export const userIdField = z.string().regex(USER_ID).optional().catch(undefined);

/** A phone field (`from`, `to`, `wa_id`), which may also hold a business-scoped user id. */
export const phoneField = z
  .string()
  .transform((written) => {
    const phone = phoneNumber(written);
    if (phone !== null && PHONE.test(phone)) return { phone };
    return USER_ID.test(written) ? { userId: written } : undefined;
  })
  .optional()
  .catch(undefined);

export function identity(
  userId: string | undefined,
  field: z.infer<typeof phoneField>,
): WhatsAppIdentity {
  return { userId: userId ?? field?.userId, phone: field?.phone };
}

/**
 * User id first: it stays when a number is hidden. Parent user ids, names and usernames are not
 * collected (C1, C3).
 */
export function identifiers(of: WhatsAppIdentity): Address[] {
  const known: Address[] = [];
  if (of.userId !== undefined) known.push({ kind: 'whatsapp user id', value: of.userId });
  if (of.phone !== undefined) known.push({ kind: 'whatsapp phone', value: of.phone });
  return known;
}

/** Null when nothing tells who the person is. */
export function personOf(account: string, of: WhatsAppIdentity): PersonReference | null {
  const [first, ...rest] = identifiers(of);
  if (first === undefined) return null;
  return { channel: 'whatsapp', account, identifiers: [first, ...rest] };
}
