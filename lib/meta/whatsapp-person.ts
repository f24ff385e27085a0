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

// Meta documents a country, a dot and letters or digits. Any opaque token is taken, so that a new
// form loses nobody.
const USER_ID = /^[A-Za-z0-9._-]{1,160}$/;
const DOCUMENTED_USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[0-9A-Za-z]{1,128}$/;

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
    if (phone !== null) return { phone };
    return DOCUMENTED_USER_ID.test(written) ? { userId: written } : undefined;
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
