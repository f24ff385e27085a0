import { z } from 'zod';
import type { PersonReference } from '../../domain/events.ts';
import { instagramId } from './meta-id.ts';
import { timeOrReceipt } from './meta-time.ts';

/** Who wrote to whom and when: part of every messaging item. */
export const Parties = z.object({
  sender: z.object({ id: instagramId }),
  recipient: z.object({ id: instagramId }),
  timestamp: timeOrReceipt,
});
export type Parties = z.infer<typeof Parties>;

/** Where a messaging item was found. The account is null when the entry does not name one. */
export interface Delivery {
  account: string | null;
  /** Another app answers this conversation; we only listen. */
  isStandby: boolean;
}

/** The two ids that the dashboard's Test button sends; real ones are longer. */
export function isDashboardTest({ sender, recipient }: Parties): boolean {
  return sender.id === '12334' && recipient.id === '23245';
}

/** Whether neither of the two is the account whose entry it stands in: then it is not about us. */
export function isOfAnotherAccount({ sender, recipient }: Parties, { account }: Delivery): boolean {
  return account !== null && sender.id !== account && recipient.id !== account;
}

/** Whether the business itself is the sender. */
export function isOutgoing({ sender }: Parties, { account }: Delivery): boolean {
  return sender.id === account;
}

/** The customer of an item, whichever of the two sent it. */
export function customerOf(parties: Parties, delivery: Delivery): PersonReference {
  const { sender, recipient } = parties;
  if (isOutgoing(parties, delivery)) return person(sender.id, recipient.id);
  return person(delivery.account ?? recipient.id, sender.id);
}

/** The customer that an echo was written to. */
export function receiver({ sender, recipient }: Parties): PersonReference {
  return person(sender.id, recipient.id);
}

function person(account: string, id: string): PersonReference {
  return {
    channel: 'instagram',
    account,
    identifiers: [{ kind: 'instagram user id', value: id }],
  };
}
