import type { AssistantFile } from '../../domain/assistant.ts';
import type { ParsedWebhook, WebhookEvent } from '../../domain/events.ts';
import type { IgnoredWord } from '../../lib/meta/webhook-finding.ts';

const OTHER_ACCOUNT: IgnoredWord = 'other account';

/**
 * A webhook without the events of accounts that the assistant file does not list: nobody there is answered, and nothing
 * of theirs is kept. What takes back or settles something from before the list was changed goes through.
 */
export function forOurAccounts(
  parsed: ParsedWebhook,
  accounts: AssistantFile['accounts'],
): ParsedWebhook {
  if (accounts === null) return parsed;
  const events = parsed.events.filter(
    (event) => settles(event) || isListed(accounts, event.person),
  );
  const others = parsed.events.length - events.length;
  if (others === 0) return parsed;
  const ignored = { ...parsed.ignored };
  ignored[OTHER_ACCOUNT] = (ignored[OTHER_ACCOUNT] ?? 0) + others;
  return { ...parsed, events, ignored };
}

type SettlingEvent = Extract<
  WebhookEvent,
  { type: 'status' | 'message unsent' | 'identifiers changed' }
>;

function settles(event: WebhookEvent): event is SettlingEvent {
  return ['status', 'message unsent', 'identifiers changed'].includes(event.type);
}

function isListed(
  accounts: NonNullable<AssistantFile['accounts']>,
  { channel, account }: Exclude<WebhookEvent, SettlingEvent>['person'],
): boolean {
  return accounts[channel].includes(account);
}
