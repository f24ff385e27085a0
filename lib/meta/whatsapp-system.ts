import { z } from 'zod';
import type { Address } from '../../domain/events.ts';
import { found, ignored, type Finding } from './webhook-finding.ts';
import { identifiers, identity, phoneField, userIdField } from './whatsapp-person.ts';
import type { WhatsAppIdentity } from './whatsapp-person.ts';

const Change = z.object({
  system: z.object({
    type: z.enum(['user_changed_number', 'user_changed_user_id']),
    /** The new phone. */
    wa_id: phoneField,
    /** The new phone, until version 12. */
    new_wa_id: phoneField,
    user_id: userIdField,
    previous_user_id: userIdField,
    /** The old phone, beside or instead of the message's `from`. */
    customer: phoneField,
  }),
});

/**
 * A person's phone or user id changed. `person` carries the identifiers from before, `next` the new
 * ones, each of which takes the place of the old one of its kind; a kind that `next` does not name
 * stays. The `body` names both in prose and is never read: it is made of a profile name and is not
 * a format.
 * Source: WhatsApp Cloud API, system messages webhook.
 */
export function systemFinding(
  account: string,
  message: { providerId: string; at: Date; sender: WhatsAppIdentity },
  raw: unknown,
): Finding {
  const change = Change.safeParse(raw).data?.system;
  if (change === undefined) return ignored('system message');

  const next = identifiers(identity(change.user_id, change.wa_id ?? change.new_wa_id));
  const before = [
    ...identifiers(identity(change.previous_user_id, undefined)),
    ...identifiers(message.sender),
    ...identifiers(identity(undefined, change.customer)),
  ];
  // `from_user_id` is already the new one when the user id changed, so whatever is new cannot count
  // as old.
  const [first, ...rest] = withoutRepeats(before.filter((old) => !isAmong(next, old)));
  if (first === undefined || next.length === 0) return ignored('system message');
  return found({
    type: 'identifiers changed',
    person: { channel: 'whatsapp', account, identifiers: [first, ...rest] },
    providerId: message.providerId,
    next,
    at: message.at,
  });
}

function withoutRepeats(all: readonly Address[]): Address[] {
  return all.filter((one, index) => !isAmong(all.slice(0, index), one));
}

function isAmong(known: readonly Address[], one: Address): boolean {
  return known.some((other) => other.kind === one.kind && other.value === one.value);
}
