import { createHmac, randomBytes } from 'node:crypto';
import { RateLimit } from '../../lib/rate-limit.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Requests that are answered by mail at one address within a day, and at all addresses within an hour. */
export const MAILED_REQUESTS = { ofOneAddressADay: 3, anHour: 200 } as const;

/**
 * Keeps the form from being used to fill somebody's mailbox. Each process counts for itself, in its memory: an address is
 * kept for a day as a hash under a key that ends with the process, so that nobody can ask who was here.
 */
export class MailLimit {
  readonly #key = randomBytes(32);
  readonly #now: () => number;
  readonly #all: RateLimit;
  readonly #ofAddresses = new Map<string, { limit: RateLimit; endsAt: number }>();

  constructor(now: () => number) {
    this.#now = now;
    this.#all = new RateLimit({ most: MAILED_REQUESTS.anHour, windowMs: HOUR_MS, now });
  }

  /** Whether one more request may be answered by mail at this address. */
  allows(address: string): boolean {
    const now = this.#now();
    for (const [hash, { endsAt }] of this.#ofAddresses)
      if (endsAt <= now) this.#ofAddresses.delete(hash);
    const hash = createHmac('sha256', this.#key).update(mailboxOf(address)).digest('base64');
    const known = this.#ofAddresses.get(hash) ?? {
      limit: new RateLimit({
        most: MAILED_REQUESTS.ofOneAddressADay,
        windowMs: DAY_MS,
        now: this.#now,
      }),
      endsAt: now + DAY_MS,
    };
    // Whoever is over their own limit takes nothing of everybody's.
    if (known.limit.take() !== null || this.#all.take() !== null) return false;
    this.#ofAddresses.set(hash, known);
    return true;
  }
}

/** Where a mail to an address arrives: letter case and what follows a plus sign make no other mailbox. */
function mailboxOf(address: string): string {
  const [local = '', domain = ''] = address.toLowerCase().split('@');
  return `${local.split('+')[0]}@${domain}`;
}
