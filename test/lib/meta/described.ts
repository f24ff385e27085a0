import type { ParsedWebhook, PersonReference, WebhookEvent } from '../../../domain/events.ts';

/** A parsed webhook in a few words, for tables: each event, then what was ignored and malformed. */
export function described(parsed: ParsedWebhook): string[] {
  return [
    ...parsed.events.map(describedEvent),
    ...Object.entries(parsed.ignored).map(([word, times]) => `ignored ${word} ${times}`),
    ...(parsed.malformed === 0 ? [] : [`malformed ${parsed.malformed}`]),
  ];
}

function describedEvent(event: WebhookEvent): string {
  const who = describedPerson(event.person);
  switch (event.type) {
    case 'message':
      return `${event.content.kind} by ${who}`;
    case 'status':
      return `${event.status} to ${who}`;
    case 'echo':
      return `echo to ${who}`;
    case 'control changed':
      return `control to ${event.to} over ${who}`;
    case 'message edited':
    case 'message unsent':
    case 'seen':
    case 'reaction':
    case 'identifiers changed':
      return `${event.type} by ${who}`;
  }
}

function describedPerson(person: PersonReference | null): string {
  if (person === null) return 'nobody';
  return person.identifiers
    .map(({ kind }) => kind.replace(/^(?:whatsapp|instagram) /, ''))
    .join(' and ');
}
