import { storedContent } from '../../domain/stored-content.ts';
import type { InTransaction } from '../../store/database.ts';
import { addWords, storeMessages } from '../../store/conversation/inbox.ts';
import { noteIdentity } from '../../store/people/note-identity.ts';
import { addressOf } from './address-of.ts';
import { confirmRequests } from './confirm-requests.ts';
import { findBuried } from './find-buried.ts';
import type { AfterCommit, EventOf, EventResult, IngestDeps } from './ingest-deps.ts';
import { notLaterThanNow } from './not-later-than-now.ts';
import { obeyCommand } from './obey-command.ts';

type Message = EventOf<'message'>;

/** Stores neighbouring messages of one person, and obeys the commands and the phrases among them. */
export async function takeMessages(
  trx: InTransaction,
  deps: IngestDeps,
  events: readonly Message[],
  after: AfterCommit,
): Promise<EventResult[]> {
  const [first] = events;
  if (first === undefined) return [];
  let wanted = events;
  // A message that is taken back at this moment must not make its sender known: checked again under the lock.
  const isWelcome = async () => {
    const unsent = await findBuried(trx, deps.tombstones, events);
    wanted = events.filter((event) => !unsent.has(event));
    return wanted.length > 0;
  };
  const at = notLaterThanNow(first.at);
  const cipher = await deps.people.findOrMeet(trx, first.person, at, isWelcome);
  if (cipher === null) return events.map(() => 'too late');
  const { identity } = first;
  if (identity !== undefined) {
    const noted = await noteIdentity(trx, cipher, { identity, at });
    if (noted === 'older') return events.map(() => 'too late');
  }
  const messages = wanted.map(({ providerId, content, at: sentAt, person }) => ({
    providerId,
    content: storedContent(content),
    at: notLaterThanNow(sentAt),
    address: addressOf(person),
  }));
  const { results, mustWake } = await storeMessages(trx, cipher, messages);
  const { subjectId } = cipher;
  if (mustWake) after.toWake.add(subjectId);
  for (const [index, message] of messages.entries()) {
    if (results[index] === 'stored' || first.person.channel !== 'instagram') continue;
    const added = await addWords(trx, cipher, message);
    if (added !== null) results[index] = 'stored';
    if (added?.mustWake) after.toWake.add(subjectId);
  }
  for (const [index, event] of wanted.entries())
    if (results[index] === 'stored') await obey(trx, deps, subjectId, event, after);
  return events.map((event) => results[wanted.indexOf(event)] ?? 'too late');
}

async function obey(
  trx: InTransaction,
  deps: IngestDeps,
  subjectId: string,
  { content, person }: Message,
  after: AfterCommit,
): Promise<void> {
  if (content.kind === 'text') await obeyCommand(trx, deps, subjectId, content.text);
  if (content.kind === 'text' || content.kind === 'overheard')
    await confirmRequests(trx, deps, { subjectId, person }, content.text, after);
}
