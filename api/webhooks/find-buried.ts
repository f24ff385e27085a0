import type { WebhookEvent } from '../../domain/events.ts';
import type { InTransaction } from '../../store/database.ts';
import { markOfAct, markOfMessage, markOfWords } from '../../store/erasure/marks.ts';
import type { Mark } from '../../store/erasure/marks.ts';
import type { FindStone, Tombstones } from '../../store/erasure/tombstones.ts';

/**
 * The events that must not take effect, because they are from before their person was erased (policy D4) or about a
 * message from before: known by its id, whatever time stands beside it.
 */
export async function findBuried(
  trx: InTransaction,
  tombstones: Tombstones,
  events: readonly WebhookEvent[],
): Promise<Set<WebhookEvent>> {
  const marked = events.map((event) => ({ event, marks: marksOf(tombstones, event) }));
  const all = marked.flatMap(({ marks: { persons, itself } }) => [...persons, ...itself]);
  const stoneOf = await tombstones.find(trx, all);
  const unsent = new Set<string>();
  const buried = new Set<WebhookEvent>();
  for (const { event, marks } of marked) {
    // A message that the same webhook takes back before it brings it must not take effect either.
    const isUnsent = event.type === 'message' && unsent.has(event.providerId);
    if (isUnsent || isFromBefore(stoneOf, event, marks)) buried.add(event);
    if (event.type === 'message unsent') unsent.add(event.providerId);
  }
  return buried;
}

/** What an event can be known by: its person, and itself or the message that it is about. */
interface Marks {
  persons: readonly Mark[];
  itself: readonly Mark[];
}

function marksOf(tombstones: Tombstones, event: WebhookEvent): Marks {
  const persons = event.person === null ? [] : tombstones.marksOf(event.person);
  const ids = 'providerId' in event && event.providerId !== null ? [event.providerId] : [];
  return {
    persons,
    itself: [...ids.map(markOfMessage), ...persons.flatMap((person) => actsOf(person, event))],
  };
}

/** Marks of an event's other traces: that it, or an act about it, took effect before, or the words that it shows. */
function actsOf(person: Mark, event: WebhookEvent): Mark[] {
  switch (event.type) {
    case 'message':
    case 'message edited':
      return [markOfAct(person, 'unsent', event.providerId)];
    case 'identifiers changed':
      return [markOfAct(person, 'new identifiers', event.providerId)];
    case 'control changed':
      return [markOfAct(person, 'handed over', `${event.to} ${event.at.getTime()}`)];
    case 'echo':
      return event.text === null ? [] : [markOfWords(person, event.text)];
    case 'message unsent':
    case 'status':
    case 'seen':
    case 'reaction':
      return [];
  }
}

/** WhatsApp tells whole seconds: a message from the very second of the erasure that we never had counts as new. */
function isFromBefore(
  stoneOf: FindStone,
  { type, person, at }: WebhookEvent,
  { persons, itself }: Marks,
): boolean {
  if (itself.some((mark) => stoneOf(mark) !== null)) return true;
  const resolutionMs = type === 'message' && person?.channel === 'whatsapp' ? 1000 : 0;
  return persons.some((mark) => {
    const erasedAt = stoneOf(mark);
    return erasedAt !== null && at.getTime() + resolutionMs <= erasedAt.getTime();
  });
}
