import type { DeliveryStatus } from '../../../domain/events.ts';
import type { SendOutcome } from '../../../domain/outbox.ts';
import type { SendTextRequest } from '../../../lib/meta/graph-client.ts';
import type { SentText } from '../../fakes/meta/fake-meta.ts';
import { newInstagramMessageId, newWhatsAppMessageId } from '../../fakes/meta/provider-ids.ts';
import type { Send, SendOutcomeName } from './scenario.ts';

/** A text that reached the person, and what Meta has to tell of it and has told. */
export interface Copy {
  sent: SentText;
  /** Times of the scenario, which only grow. */
  at: number;
  isShown: boolean;
  untold: DeliveryStatus[];
  told: { at: number; status: DeliveryStatus }[];
}

/** The process that was about to send, or had just sent, is dead: nobody learns what this call found. */
export class Killed extends Error {}

export const GOES_WELL: Send = {
  outcome: 'sent',
  meanwhile: 'nothing',
  tells: 'delivered',
  isShown: true,
};

const EXECUTED: ReadonlySet<SendOutcomeName> = new Set([
  'sent',
  'lost',
  'possibly sent',
  'killed after',
  'late',
]);

/** Whether the person gets the text. */
export function isExecuted({ outcome }: Send): boolean {
  return EXECUTED.has(outcome);
}

/** What the sender is told. A killed one is told nothing: that throws. */
export function answerTo({ outcome }: Send, copy: Copy | null): SendOutcome {
  switch (outcome) {
    case 'sent':
    case 'late':
      return { kind: 'accepted', providerId: copy?.sent.providerId ?? '' };
    case 'lost':
    case 'unread':
      return { kind: 'ambiguous', reason: 'no answer', code: null };
    case 'possibly sent':
      return { kind: 'ambiguous', reason: 'possibly sent', code: 131000 };
    case 'cannot connect':
      return { kind: 'not sent', reason: 'connection failed', retryAfterMs: null, code: null };
    case 'throttled':
      return { kind: 'not sent', reason: 'throttled', retryAfterMs: 3_000, code: 130429 };
    case 'token refused':
      return { kind: 'not sent', reason: 'token refused', retryAfterMs: null, code: 190 };
    case 'refused':
      return { kind: 'rejected', reason: 'invalid request', code: 100 };
    case 'killed before':
    case 'killed after':
      throw new Killed();
  }
}

const MOST_SHOWN = 19;

const STATUSES: Record<Send['tells'], DeliveryStatus[]> = {
  delivered: ['sent', 'delivered'],
  read: ['sent', 'delivered', 'read'],
  failed: ['sent', 'failed'],
  nothing: [],
};

/** A text on its way to a person, as Meta keeps it. */
export function copyOf(
  { channel, account, to, text, token }: SendTextRequest,
  { tells, isShown }: Send,
  { at, date }: { at: number; date: Date },
): Copy {
  const providerId =
    channel === 'whatsapp' ? newWhatsAppMessageId(to.value) : newInstagramMessageId(account);
  // An echo says that it went out, and no more.
  const untold: DeliveryStatus[] =
    channel === 'whatsapp' ? [...STATUSES[tells]] : tells === 'nothing' ? [] : ['sent'];
  const sent = { at: date, channel, account, to: to.value, text, token, providerId };
  return { sent, at, isShown, untold, told: [] };
}

/** What Instagram shows of the thread: the newest of it. */
export function shownOf(copies: readonly Copy[]): Copy[] {
  return copies.filter(({ isShown }) => isShown).slice(-MOST_SHOWN);
}
