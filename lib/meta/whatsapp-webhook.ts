import { z } from 'zod';
import type { ParsedWebhook } from '../../domain/events.ts';
import { metaId } from './meta-id.ts';
import { overheard } from './overheard.ts';
import { ignored, MALFORMED, tally, type Finding, type IgnoredWord } from './webhook-finding.ts';
import { echoFindings } from './whatsapp-echo.ts';
import { messageFindings } from './whatsapp-message.ts';
import { statusFinding } from './whatsapp-status.ts';

const Envelope = z.object({ object: z.unknown().optional(), entry: z.array(z.unknown()) });
const Entry = z.object({ id: z.unknown().optional(), changes: z.array(z.unknown()) });
const Change = z.object({ field: z.string(), value: z.unknown().optional() });
const Value = z.object({
  metadata: z.object({ phone_number_id: metaId }),
  contacts: z.unknown().optional(),
  messages: z.unknown().optional(),
  message_echoes: z.unknown().optional(),
  statuses: z.unknown().optional(),
  errors: z.unknown().optional(),
});

/** The sending number of the dashboard's Test button, which also gives entry id 0. */
const DASHBOARD_TEST_ACCOUNT = '123456123';

// `history` is refused, not only unused: it brings half a year of messages that nobody sent to the
// assistant.
const USELESS_FIELDS: ReadonlyMap<string, IgnoredWord> = new Map([
  ['history', 'history'],
  ['smb_app_state_sync', 'contact book'],
  ['user_preferences', 'marketing preference'],
  ['account_update', 'account'],
  ['account_alerts', 'account'],
  ['account_review_update', 'account'],
  ['account_settings_update', 'account'],
  ['business_capability_update', 'account'],
  ['business_status_update', 'account'],
  ['business_username_update', 'account'],
  ['partner_solutions', 'account'],
  ['payment_configuration_update', 'account'],
  ['phone_number_name_update', 'account'],
  ['phone_number_quality_update', 'account'],
  ['security', 'account'],
  ['message_template_components_update', 'template'],
  ['message_template_quality_update', 'template'],
  ['message_template_status_update', 'template'],
  ['template_category_update', 'template'],
  ['template_correct_category_detection', 'template'],
  ['group_lifecycle_update', 'group'],
  ['group_participants_update', 'group'],
  ['group_settings_update', 'group'],
  ['group_status_update', 'group'],
  ['automatic_events', 'advertising'],
  ['tracking_events', 'advertising'],
  ['calls', 'call'],
  ['flows', 'flow'],
  ['messaging_handovers', 'handover'],
]);

/**
 * One WhatsApp webhook, already JSON-parsed, as our events. Never throws: each entry, change,
 * message and status is read on its own, so that a bad one loses no other.
 * Source: WhatsApp Cloud API, webhooks reference.
 */
export function parseWhatsAppWebhook(body: unknown): ParsedWebhook {
  return tally(envelopeFindings(body));
}

function* envelopeFindings(body: unknown): Generator<Finding> {
  const envelope = Envelope.safeParse(body).data;
  if (envelope === undefined) return yield MALFORMED;
  const { object, entry } = envelope;
  if (object !== undefined && object !== 'whatsapp_business_account') {
    return yield ignored('other product');
  }
  for (const one of entry) yield* entryFindings(one);
}

function* entryFindings(raw: unknown): Generator<Finding> {
  const entry = Entry.safeParse(raw).data;
  if (entry === undefined) return yield MALFORMED;
  for (const change of entry.changes) yield* changeFindings(entry.id, change);
}

function* changeFindings(entryId: unknown, raw: unknown): Generator<Finding> {
  const change = Change.safeParse(raw).data;
  if (change === undefined) return yield MALFORMED;
  if (change.field === 'standby') return yield* standbyFindings(change.value);
  if (change.field !== 'messages' && change.field !== 'smb_message_echoes') {
    return yield ignored(USELESS_FIELDS.get(change.field) ?? 'unknown field');
  }
  const value = Value.safeParse(change.value).data;
  if (value === undefined) return yield MALFORMED;
  const account = value.metadata.phone_number_id;
  if (entryId === '0' && account === DASHBOARD_TEST_ACCOUNT) return yield ignored('dashboard test');
  yield* valueFindings(account, value);
}

/** Where another of the business's agents answers: what does not look like messages is of no use. */
function* standbyFindings(raw: unknown): Generator<Finding> {
  const value = Value.safeParse(raw).data;
  if (value === undefined || !Array.isArray(value.messages)) return yield ignored('standby');
  const { messages, contacts, metadata } = value;
  for (const finding of messageFindings(metadata.phone_number_id, messages, contacts))
    yield overheard(finding);
}

function* valueFindings(account: string, value: z.infer<typeof Value>): Generator<Finding> {
  const { messages, message_echoes: echoes, statuses, errors } = value;
  if ([messages, echoes, statuses, errors].every((list) => list === undefined)) yield MALFORMED;

  if (Array.isArray(messages)) yield* messageFindings(account, messages, value.contacts);
  else if (messages !== undefined) yield MALFORMED;

  if (Array.isArray(echoes)) yield* echoFindings(account, echoes, value.contacts);
  else if (echoes !== undefined) yield MALFORMED;

  if (Array.isArray(statuses)) for (const status of statuses) yield statusFinding(account, status);
  else if (statuses !== undefined) yield MALFORMED;

  // Errors at this level concern the account or repeat what the message itself shows.
  if (errors !== undefined) yield ignored('errors');
}
