import { z } from 'zod';
import { whatsAppNumberKey } from '../../domain/whatsapp-number.ts';
import { identity, phoneField, userIdField, type WhatsAppIdentity } from './whatsapp-person.ts';

const Contact = z
  .object({ wa_id: phoneField, user_id: userIdField })
  .transform((contact) => identity(contact.user_id, contact.wa_id));

const NOBODY: WhatsAppIdentity = { userId: undefined, phone: undefined };

/**
 * Completes what each message says about its sender by what the same webhook's `contacts` say about
 * that person. `senders` are all senders of the value: a contact that is the only one also
 * completes a sender it shares nothing with, unless they contradict each other or somebody else
 * wrote too. One person taken for another would be worse than a message lost.
 */
export function completeFrom(
  contacts: unknown,
  senders: readonly WhatsAppIdentity[],
): (sender: WhatsAppIdentity) => WhatsAppIdentity {
  // Reading a phone is the dearest step of all, so contacts that have nothing to add are not read.
  if (senders.every(isComplete)) return (sender) => sender;
  const known = readContacts(contacts);
  const byUserId = new Map(known.map((contact) => [contact.userId, contact]));
  const byPhone = new Map(known.map((contact) => [keyOf(contact), contact]));
  const only = known.length === 1 && isOnePerson([...known, ...senders]) ? known[0] : undefined;

  return (sender) => {
    const contact =
      (sender.userId !== undefined ? byUserId.get(sender.userId) : undefined) ??
      (sender.phone !== undefined ? byPhone.get(keyOf(sender)) : undefined) ??
      only;
    return {
      userId: sender.userId ?? contact?.userId,
      phone: sender.phone ?? contact?.phone,
    };
  };
}

const Hashed = z.object({
  wa_id: phoneField,
  user_id: userIdField,
  identity_key_hash: z.string().regex(/^[\x21-\x7e]{1,256}$/),
});

/**
 * WhatsApp's hash of the identity behind a sender, as the same webhook's `contacts` tell it. It
 * changes when a number is given to somebody else, and also when the same person installs anew.
 * Source: WhatsApp Cloud API, identity change check.
 */
export function identityHashesOf(
  contacts: unknown,
): (sender: WhatsAppIdentity) => string | undefined {
  if (!Array.isArray(contacts)) return () => undefined;
  const hashed = contacts.flatMap((contact) => {
    const { data } = Hashed.safeParse(contact);
    return data === undefined ? [] : [{ ...identity(data.user_id, data.wa_id), data }];
  });
  const [only] = contacts.length === 1 ? hashed : [];
  return ({ userId, phone }) => {
    const own = hashed.find(
      (one) =>
        (userId !== undefined && one.userId === userId) ||
        (phone !== undefined && one.phone === phone),
    );
    return (own ?? only)?.data.identity_key_hash;
  };
}

function isComplete({ userId, phone }: WhatsAppIdentity): boolean {
  return userId !== undefined && phone !== undefined;
}

/**
 * An unreadable contact still counts: it is somebody, so that the readable one is not the only one.
 */
function readContacts(contacts: unknown): WhatsAppIdentity[] {
  if (!Array.isArray(contacts)) return [];
  return contacts.map((contact) => Contact.safeParse(contact).data ?? NOBODY);
}

function isOnePerson(identities: readonly WhatsAppIdentity[]): boolean {
  const userIds = identities.flatMap(({ userId }) => userId ?? []);
  const phones = identities.flatMap((named) => keyOf(named) ?? []);
  return new Set(userIds).size <= 1 && new Set(phones).size <= 1;
}

/** One webhook may write a number in two spellings. */
function keyOf({ phone }: WhatsAppIdentity): string | undefined {
  return phone === undefined ? undefined : whatsAppNumberKey(phone);
}
