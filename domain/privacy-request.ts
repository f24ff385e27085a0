import { POLICY } from './policy.ts';
import type { AccountStanding } from './request-accounts.ts';

/** The rights that the policy names; the child's is a report that a user is under 13 (K1). */
export const RIGHTS = [
  'erasure',
  'access',
  'portability',
  'rectification',
  'restriction',
  'objection',
  'child',
] as const;
export type Right = (typeof RIGHTS)[number];

/** The doors by which a request comes in. */
export const INTAKES = ['form', 'api', 'chat', 'meta', 'staff'] as const;
export type Intake = (typeof INTAKES)[number];

/** Where a request stands, in words for the person. The last five are ends. */
export const REQUEST_STATES = [
  'received',
  'confirm it is you',
  'working',
  'erased here',
  'waiting for others',
  'finished',
  'refused',
  'withdrawn',
  'not verified',
  'nothing found',
] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

export const REQUEST_ENDS = [
  'finished',
  'refused',
  'withdrawn',
  'not verified',
  'nothing found',
] as const satisfies RequestState[];
export type RequestEnd = (typeof REQUEST_ENDS)[number];

/** What a person who gave a mail address is told there: that the request is in, and how it was answered. */
export const MAIL_EVENTS = [
  'received',
  'erased',
  'erased in part',
  'refused',
  'withdrawn',
  'not verified',
  'nothing found',
] as const;
export type MailEvent = (typeof MAIL_EVENTS)[number];

/** How a request does against its due time. */
export const CLOCKS = ['on time', 'at risk', 'missed'] as const;
export type Clock = (typeof CLOCKS)[number];

export const ERASURE_REQUEST_TYPE = 'erasureRequest';
export const IDENTITY_VERIFIED_SIGNAL = 'identityVerified';
export const WITHDRAWN_SIGNAL = 'withdrawn';

/** What a request's workflow is told: a random id, fixed words and times in milliseconds since 1970. */
export interface RequestInput {
  requestId: string;
  right: Right;
  intake: Intake;
  receivedAtMs: number;
  dueAtMs: number;
}

/** Where the work for a request stands, as counts, random ids and times. */
export interface RequestWork {
  isWithdrawn: boolean;
  /** The person has their answer; only what expires elsewhere is waited for. */
  isAnswered: boolean;
  /** Those it is proven for who are not erased yet, except those whom a legal hold keeps. */
  subjectIds: string[];
  /** How many of the accounts that it names are proven, with everybody known by them erased. */
  proven: number;
  /** How many accounts it names, except those under which nothing is held. */
  channelsNamed: number;
  /** How it stands with each account that it names; histories of earlier versions lack this. */
  accounts?: AccountStanding[];
  /** It was found on receipt that it cannot be done, or two of staff refused it. */
  isRefused: boolean;
  /** Until when a legal hold keeps one of those whom it is proven for, in ms since 1970; 0 when none does. */
  heldUntilMs: number;
  /** Until when others keep a copy, in ms since 1970; 0 when nobody does. */
  lastForeignCopyMs: number;
}

export function requestWorkflowId(requestId: string): string {
  return `request/${requestId}`;
}

/** D6: the clock starts at the receipt and nothing restarts it. */
export function dueAt(receivedAt: Date): Date {
  return new Date(receivedAt.getTime() + POLICY.erasureSlaMs);
}

/** The shares of the time at which staff are alerted: 24, 48 and 66 of 72 hours. */
export const ALERT_SHARES = [24 / 72, 48 / 72, 66 / 72] as const;

/** How a request does against its due time, at the time of its answer or, before it, now. */
export function clockAt({
  receivedAt,
  dueAt: due,
  at,
}: {
  receivedAt: Date;
  dueAt: Date;
  at: Date;
}): Clock {
  if (at >= due) return 'missed';
  const share = (at.getTime() - receivedAt.getTime()) / (due.getTime() - receivedAt.getTime());
  return share < ALERT_SHARES[0] ? 'on time' : 'at risk';
}

/** Nobody may go on guessing: this many phrases from one account are looked at within a day, right ones included. */
export const PHRASE_TRIES_A_DAY = 10;

/** How often the person may correct which accounts their request names. */
export const CORRECTIONS_A_REQUEST = 10;

/**
 * How many phrases for a deletion are handed out in one chat within a day. Each of them works until its request is due.
 */
export const DELETION_OFFERS_A_DAY = 5;
