import type { ParsedWebhook, WebhookEvent } from '../../domain/events.ts';

/**
 * The words under which useless items are counted. The list is closed: a word of the payload must
 * never become a key, because keys become metric labels and log fields.
 */
export const IGNORED_WORDS = [
  'account',
  'advertising',
  'another account',
  'call',
  'caption edit',
  'comment',
  'contact book',
  'dashboard test',
  'delivery',
  'errors',
  'first version',
  'flow',
  'group',
  'handover',
  'history',
  'insights',
  'marketing preference',
  'mention',
  'messenger',
  'opt-in',
  'other account',
  'other product',
  'other status',
  'own account',
  'own message changed',
  'payment',
  'referral',
  'request welcome',
  'standby',
  'system message',
  'template',
  'unknown field',
] as const;
export type IgnoredWord = (typeof IGNORED_WORDS)[number];

/** What one item of a webhook turned out to be. */
export type Finding =
  | { kind: 'event'; event: WebhookEvent }
  | { kind: 'ignored'; word: IgnoredWord }
  | { kind: 'malformed' };

export const MALFORMED: Finding = { kind: 'malformed' };

export function found(event: WebhookEvent): Finding {
  return { kind: 'event', event };
}

export function ignored(word: IgnoredWord): Finding {
  return { kind: 'ignored', word };
}

/** Adds the findings of one webhook up, in Meta's order. */
export function tally(findings: Iterable<Finding>): ParsedWebhook {
  const parsed: ParsedWebhook = { events: [], ignored: {}, malformed: 0 };
  for (const finding of findings) {
    if (finding.kind === 'event') parsed.events.push(finding.event);
    else if (finding.kind === 'malformed') parsed.malformed += 1;
    else parsed.ignored[finding.word] = (parsed.ignored[finding.word] ?? 0) + 1;
  }
  return parsed;
}
