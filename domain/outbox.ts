import type { Channel } from './channels.ts';
import type { DeliveryStatus } from './events.ts';

/**
 * The life of one outgoing part of a reply. `planned` may be sent; `intent` is about to be sent; `accepted` has Meta's
 * id; `confirmed` has Meta's status or echo; `rejected` was refused by Meta, at once or later; `ambiguous` may or may
 * not have been sent, which is being found out; `needs human` stayed ambiguous although everything was tried;
 * `suppressed` is not sent, or not once more, because something forbade it.
 */
export const DELIVERY_STATES = [
  'planned',
  'intent',
  'accepted',
  'confirmed',
  'rejected',
  'ambiguous',
  'needs human',
  'suppressed',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** What one attempt to send told us. Only `not sent` may be tried again: nothing reached Meta, or Meta said so. */
export type SendOutcome =
  | { kind: 'accepted'; providerId: string }
  | { kind: 'not sent'; reason: SendProblem; retryAfterMs: number | null; code: number | null }
  | { kind: 'rejected'; reason: SendProblem; code: number | null }
  | { kind: 'ambiguous'; reason: SendProblem; code: number | null };

/** Why a send did not plainly succeed, in words that carry nothing of Meta's own text. */
export const SEND_PROBLEMS = [
  'connection failed',
  'no answer',
  'answer not understood',
  'server error',
  /** Meta answered with an error that says the message may have gone out, and must not be sent again. */
  'possibly sent',
  /** Our own process ended between the intent and the outcome. */
  'interrupted',
  'throttled',
  'quality limit',
  'token refused',
  /** Meta knows no such account under this token, or no such address. */
  'account not found',
  'account restricted',
  'window closed',
  'person unreachable',
  'person opted out',
  'identity changed',
  'billing',
  'invalid request',
  'unknown error',
] as const;
export type SendProblem = (typeof SEND_PROBLEMS)[number];

const MINUTE = 60_000;

/**
 * Problems of the business's account, whoever the recipient is: no reply from it is worth a try, so all of them wait,
 * and one tries again each time this many milliseconds have passed.
 */
export const ACCOUNT_PROBLEMS = {
  'token refused': MINUTE,
  'account not found': MINUTE,
  'account restricted': 15 * MINUTE,
  billing: 15 * MINUTE,
} as const satisfies Partial<Record<SendProblem, number>>;
export type AccountProblem = keyof typeof ACCOUNT_PROBLEMS;

/** The account's problem that a send met, or null when the problem was the send's own, or there was none. */
export function accountProblemOf(problem: SendProblem | null): AccountProblem | null {
  return problem !== null && problem in ACCOUNT_PROBLEMS ? (problem as AccountProblem) : null;
}

/**
 * Whether Meta's answer to a send proves that an account works again. WhatsApp takes messages of an account that does not
 * pay, or is restricted, and reports afterwards that they failed: there only a later status is proof.
 */
export function provesAccountWorks(
  channel: Channel,
  paused: AccountProblem,
  outcome: SendOutcome,
): boolean {
  if (outcome.kind !== 'accepted' && outcome.kind !== 'rejected') return false;
  return channel === 'instagram' || paused === 'token refused' || paused === 'account not found';
}

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 5 * MINUTE;

/** How long a part waits before it is tried again, in milliseconds: as long as Meta asks, and longer with each attempt. */
export function waitBefore(attempt: number, askedMs: number | null): number {
  const backoffMs = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
  return Math.max(askedMs ?? 0, backoffMs);
}

/** What can become of a part beside plain success, for counting. */
export type DeliveryEvent =
  | 'ambiguous'
  | 'resent'
  | 'needs human'
  | 'duplicate confirmed'
  /** Meta took the message, and reported later that it was not delivered. */
  | 'failed afterwards';

/** How often a part may have been sent beyond the first time, and why the last attempt did not plainly succeed. */
interface Doubt {
  resends: number;
  problem: SendProblem | null;
}

/** Whether a part of which no trace was found may be sent once more: once, and never against Meta's word. */
export function mayBeResent({ resends, problem }: Doubt): boolean {
  return resends === 0 && problem !== 'possibly sent';
}

/**
 * The state of a part after what Meta showed of it. `copies` has the latest status of every message at Meta that is
 * known to be this part, null for one of which there is only Meta's answer: a part that was sent twice can be two
 * messages there.
 */
export function stateAfterEvidence(
  { state, resends }: { state: DeliveryState; resends: number },
  copies: readonly (DeliveryStatus | null)[],
): DeliveryState {
  if (receivedCopies(copies) > 0) return 'confirmed';
  if (state === 'planned' || state === 'suppressed') return state;
  const failed = copies.filter((status) => status === 'failed').length;
  // While a send is open, a message of which nothing is known yet may exist beside the ones that failed.
  const isOpen = state === 'intent' || state === 'ambiguous' || state === 'needs human';
  const possible = isOpen ? Math.max(copies.length, resends + 1) : copies.length;
  if (failed > 0 && failed === possible) return 'rejected';
  // The one that had gone out has failed since, and of another there is only Meta's answer.
  return state === 'confirmed' ? 'accepted' : state;
}

/** How many messages at Meta are known to have gone out to the person. */
export function receivedCopies(copies: readonly (DeliveryStatus | null)[]): number {
  return copies.filter((status) => status !== null && status !== 'failed').length;
}
