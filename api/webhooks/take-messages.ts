import { storedContent } from '../../domain/stored-content.ts';
import type { InTransaction } from '../../lib/postgres/database.ts';
import { storeMessages } from '../../lib/postgres/inbox.ts';
import { addressOf } from './address-of.ts';
import { confirmRequests } from './confirm-requests.ts';
import type { AfterCommit, EventOf, EventResult, IngestDeps } from './ingest-deps.ts';
import { notLaterThanNow } from './not-later-than-now.ts';
import { obeyCommand } from './obey-command.ts';

/** Stores neighbouring messages of one person, and obeys the commands and the phrases among them. */
export async function takeMessages(
  trx: InTransaction,
  deps: IngestDeps,
  events: readonly EventOf<'message'>[],
  after: AfterCommit,
): Promise<EventResult[]> {
  const messages = events.map(({ providerId, content, at, person }) => ({
    providerId,
    content: storedContent(content),
    at: notLaterThanNow(at),
    address: addressOf(person),
  }));
  const [first] = events;
  const [firstMessage] = messages;
  if (first === undefined || firstMessage === undefined) return [];
  const cipher = await deps.people.findOrCreate(trx, first.person, firstMessage.at);
  const { results, mustWake } = await storeMessages(trx, cipher, messages);
  const { subjectId } = cipher;
  if (mustWake) after.toWake.add(subjectId);
  const from = { subjectId, person: first.person };
  for (const [index, { content }] of events.entries()) {
    if (results[index] !== 'stored') continue;
    if (content.kind === 'text') await obeyCommand(trx, deps, subjectId, content.text);
    if (content.kind === 'text' || content.kind === 'overheard')
      await confirmRequests(trx, deps, from, content.text, after);
  }
  return results;
}
