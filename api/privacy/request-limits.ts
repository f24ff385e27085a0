import { HOUR_MS, MINUTE_MS } from '../../domain/durations.ts';
import { mailboxOf } from '../../domain/mailbox.ts';
import type { Limit, Limits } from '../../store/limits.ts';

/**
 * How many requests are taken in, and how many of them are answered by mail. What is not understood is not counted, so
 * it closes the door to nobody; a client that asks too often closes it to itself, and everybody's limit is far above
 * what a single client can reach.
 */
export const REQUEST_LIMITS = {
  ofOneClient: { name: 'requests of a client', most: 300, windowMs: MINUTE_MS },
  ofAll: { name: 'requests of all', most: 30_000, windowMs: MINUTE_MS },
  mailedToOneMailbox: { name: 'mails to a mailbox', most: 3, windowMs: 24 * HOUR_MS },
  mailedToAll: { name: 'mails to all', most: 200, windowMs: HOUR_MS },
} as const satisfies Record<string, Limit>;

/** Why a request cannot be taken in now, and when it can. */
export interface TooMany {
  waitMs: number;
  whose: 'of this client' | 'of all';
}

/**
 * Null when one more request of this client can be taken in. A client over its own limit uses up nothing of
 * everybody's.
 */
export async function takeRequest(limits: Limits, client: string): Promise<TooMany | null> {
  const own = await limits.take(REQUEST_LIMITS.ofOneClient, client);
  if (own !== null) return { waitMs: own, whose: 'of this client' };
  const all = await limits.take(REQUEST_LIMITS.ofAll, '');
  return all === null ? null : { waitMs: all, whose: 'of all' };
}

/**
 * Whether one more request can be answered by mail at this address: the form is not for filling somebody's mailbox. A
 * mailbox over its own limit uses up nothing of everybody's.
 */
export async function takeMail(limits: Limits, address: string): Promise<boolean> {
  return (
    (await limits.take(REQUEST_LIMITS.mailedToOneMailbox, mailboxOf(address))) === null &&
    (await limits.take(REQUEST_LIMITS.mailedToAll, '')) === null
  );
}
