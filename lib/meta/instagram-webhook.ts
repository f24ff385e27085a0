import { z } from 'zod';
import type { ParsedWebhook } from '../../domain/events.ts';
import { itemFinding } from './instagram-item.ts';
import { metaId } from './meta-id.ts';
import { ignored, MALFORMED, tally, type Finding, type IgnoredWord } from './webhook-finding.ts';

const list = z.unknown().optional();
const Envelope = z.object({ object: z.unknown().optional(), entry: z.array(z.unknown()) });
const Entry = z.object({
  id: metaId.optional().catch(undefined),
  messaging: list,
  standby: list,
  changes: list,
  field: z.unknown().optional(),
});
const Change = z.object({ field: z.string(), value: z.unknown().optional() });

/** Fields whose value is an item like those of `messaging`. */
const MESSAGING_FIELDS: ReadonlySet<string> = new Set([
  'messages',
  'message_echoes',
  'message_edit',
  'message_edits',
  'message_reactions',
  'messaging_handover',
  'messaging_handovers',
  'messaging_optins',
  'messaging_postbacks',
  'messaging_referral',
  'messaging_referrals',
  'messaging_seen',
]);

const USELESS_FIELDS: ReadonlyMap<string, IgnoredWord> = new Map([
  ['comments', 'comment'],
  ['live_comments', 'comment'],
  ['mentions', 'mention'],
  ['story_insights', 'insights'],
]);

/**
 * One Instagram webhook, already JSON-parsed, as our events. Never throws: each entry and item is
 * read on its own, so that a bad one loses no other. Meta documents four shapes of an entry, and
 * prints some examples as a bare array.
 * Source: Instagram platform, webhooks and webhook examples.
 */
export function parseInstagramWebhook(body: unknown): ParsedWebhook {
  return tally(bodyFindings(body));
}

function* bodyFindings(body: unknown): Generator<Finding> {
  if (!Array.isArray(body)) return yield* envelopeFindings(body);
  for (const envelope of body) yield* envelopeFindings(envelope);
}

function* envelopeFindings(raw: unknown): Generator<Finding> {
  const envelope = Envelope.safeParse(raw).data;
  if (envelope === undefined) return yield MALFORMED;
  const { object, entry } = envelope;
  // The same app may be subscribed to a page's Messenger chats; only Instagram Direct is served.
  if (object === 'page') return yield ignored('messenger');
  if (object !== undefined && object !== 'instagram') return yield ignored('other product');
  for (const one of entry) yield* entryFindings(one);
}

function* entryFindings(raw: unknown): Generator<Finding> {
  const entry = Entry.safeParse(raw).data;
  if (entry === undefined) return yield MALFORMED;
  const account = entry.id === undefined || entry.id === '0' ? null : entry.id;
  const { messaging, standby, changes, field } = entry;
  if ([messaging, standby, changes, field].every((part) => part === undefined)) yield MALFORMED;

  yield* eachOf(messaging, (item) => itemFinding({ account, isStandby: false }, item));
  yield* eachOf(standby, (item) => itemFinding({ account, isStandby: true }, item));
  yield* eachOf(changes, (change) => changeFinding(account, change));
  if (field !== undefined) yield changeFinding(account, raw);
}

function* eachOf(items: unknown, read: (item: unknown) => Finding): Generator<Finding> {
  if (Array.isArray(items)) for (const item of items) yield read(item);
  else if (items !== undefined) yield MALFORMED;
}

function changeFinding(account: string | null, raw: unknown): Finding {
  const change = Change.safeParse(raw).data;
  if (change === undefined) return MALFORMED;
  const { field, value } = change;
  if (field === 'standby') return itemFinding({ account, isStandby: true }, value);
  if (MESSAGING_FIELDS.has(field)) return itemFinding({ account, isStandby: false }, value);
  return ignored(USELESS_FIELDS.get(field) ?? 'unknown field');
}
