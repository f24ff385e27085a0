import type { DeliveryStatus } from './events.ts';

/**
 * The life of one outgoing part of a reply.
 * `planned` may be sent; `intent` was about to be sent; `accepted` has Meta's id; `confirmed` has Meta's status or echo;
 * `rejected` was refused by Meta or by the gate's rules; `ambiguous` may or may not have been sent; `suppressed` was never sent.
 */
export const DELIVERY_STATES = [
  'planned',
  'intent',
  'accepted',
  'confirmed',
  'rejected',
  'ambiguous',
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
  'throttled',
  'quality limit',
  'token refused',
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

/** What the latest status of Meta's makes of a delivery: any proof of sending confirms it, a failure rejects it. */
export function stateAfterStatus(state: DeliveryState, latest: DeliveryStatus): DeliveryState {
  if (state === 'planned' || state === 'suppressed') return state;
  return latest === 'failed' ? 'rejected' : 'confirmed';
}
