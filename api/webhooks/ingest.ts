import { isDeepStrictEqual } from 'node:util';
import type { Language } from '../../domain/assistant.ts';
import { recogniseCommand } from '../../domain/chat-command.ts';
import type { Address, MessageContent, PersonReference, WebhookEvent } from '../../domain/events.ts';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { Database, InTransaction } from '../../lib/postgres/database.ts';
import { recordEvidence } from '../../lib/postgres/delivery-evidence.ts';
import type { DeliveryEvidence } from '../../lib/postgres/delivery-evidence.ts';
import { editMessage, eraseUnsentMessage, storeMessages } from '../../lib/postgres/inbox.ts';
import type { People } from '../../lib/postgres/people.ts';
import { endHumanPause, optIn, optOut, pauseForHuman } from '../../lib/postgres/standing.ts';
import { findOwnDelivery, recordTakeover } from '../../lib/postgres/takeover.ts';
import { inTransaction } from '../../lib/postgres/transaction.ts';

/** What became of an event; a fixed word, for counting. */
export type EventResult = 'stored' | 'repeated' | 'recorded' | 'erased' | 'taken over' | 'not ours' | 'of no use';

export interface IngestResult {
  /** Subjects whose conversation has no wake outstanding. */
  toWake: string[];
  results: EventResult[];
}

export interface IngestDeps {
  db: Database;
  people: People;
  /** In which commands are understood. */
  languages: readonly Language[];
  humanPauseMs: number;
}

type EventOf<Type extends WebhookEvent['type']> = Extract<WebhookEvent, { type: Type }>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Commits all events of one webhook in one transaction: after it returns, Meta may be told 200.
 * An error means that nothing was stored, and that Meta shall repeat.
 */
export async function ingest(deps: IngestDeps, events: readonly WebhookEvent[]): Promise<IngestResult> {
  return inTransaction(deps.db, async (trx) => {
    const toWake = new Set<string>();
    const results: EventResult[] = [];
    for (const run of runsOf(events)) {
      if (run.kind === 'messages') results.push(...(await takeMessages(trx, deps, run.messages, toWake)));
      else results.push(await takeOther(trx, deps, run.event));
    }
    return { toWake: [...toWake], results };
  });
}

type Run =
  | { kind: 'messages'; messages: EventOf<'message'>[] }
  | { kind: 'other'; event: Exclude<WebhookEvent, { type: 'message' }> };

/** Neighbouring messages of one person are stored by one statement; the order of everything stays as it came. */
function runsOf(events: readonly WebhookEvent[]): Run[] {
  const runs: Run[] = [];
  for (const event of events) {
    if (event.type !== 'message') {
      runs.push({ kind: 'other', event });
      continue;
    }
    const last = runs.at(-1);
    const [first] = last?.kind === 'messages' ? last.messages : [];
    if (last?.kind === 'messages' && isDeepStrictEqual(first?.person, event.person)) last.messages.push(event);
    else runs.push({ kind: 'messages', messages: [event] });
  }
  return runs;
}

async function takeMessages(
  trx: InTransaction,
  deps: IngestDeps,
  events: readonly EventOf<'message'>[],
  toWake: Set<string>,
): Promise<EventResult[]> {
  const messages = events.map(({ providerId, content, at, person }) => ({
    providerId,
    content,
    at: notLaterThanNow(at),
    address: addressOf(person),
  }));
  const [first] = events;
  const [firstMessage] = messages;
  if (first === undefined || firstMessage === undefined) return [];
  const cipher = await deps.people.findOrCreate(trx, first.person, firstMessage.at);
  const { results, mustWake } = await storeMessages(trx, cipher, messages);
  if (mustWake) toWake.add(cipher.subjectId);
  for (const [index, { content }] of messages.entries()) {
    if (results[index] === 'stored') await obey(trx, deps, cipher, content);
  }
  return results;
}

async function takeOther(
  trx: InTransaction,
  deps: IngestDeps,
  event: Exclude<WebhookEvent, { type: 'message' }>,
): Promise<EventResult> {
  switch (event.type) {
    case 'message unsent': {
      const at = notLaterThanNow(event.at);
      const cipher = await deps.people.findOrCreate(trx, event.person, at);
      await eraseUnsentMessage(trx, cipher, { providerId: event.providerId, at });
      return 'erased';
    }
    case 'message edited': {
      const cipher = await deps.people.find(trx, event.person);
      return cipher !== null && (await editMessage(trx, cipher, event)) ? 'stored' : 'not ours';
    }
    case 'status': {
      const cipher = event.person === null ? null : await deps.people.find(trx, event.person);
      return recordEvidence(trx, cipher, evidenceOf(event));
    }
    case 'echo':
      return takeEcho(trx, deps, event);
    case 'control changed': {
      const cipher = await deps.people.find(trx, event.person);
      if (cipher === null) return 'not ours';
      if (event.to === 'us') await endHumanPause(trx, cipher.subjectId);
      else await pauseForHuman(trx, cipher.subjectId, deps.humanPauseMs);
      return 'recorded';
    }
    case 'seen':
    case 'reaction':
    case 'identifiers changed':
      return 'of no use';
  }
}

/** STOP and HUMAN hold from the moment they are stored: an answer that is being written is not sent any more. */
async function obey(trx: InTransaction, deps: IngestDeps, { subjectId }: SubjectCipher, content: MessageContent): Promise<void> {
  const command = content.kind === 'text' ? recogniseCommand(content.text, deps.languages)?.command : undefined;
  if (command === 'stop') await optOut(trx, subjectId);
  if (command === 'start') await optIn(trx, subjectId);
  if (command === 'human') await pauseForHuman(trx, subjectId, deps.humanPauseMs);
}

/** An echo of what we sent is evidence; any other is a human who took over in Meta's app. */
async function takeEcho(trx: InTransaction, deps: IngestDeps, echo: EventOf<'echo'>): Promise<EventResult> {
  const cipher = await deps.people.find(trx, echo.person);
  if (cipher === null) return 'not ours';
  const own = await findOwnDelivery(trx, cipher, echo);
  if (own === null) return recordTakeover(trx, cipher, echo, deps.humanPauseMs);
  return recordEvidence(trx, cipher, { token: own, providerId: echo.providerId, status: 'sent', errorCode: null });
}

function evidenceOf({ token, providerId, status, errorCode }: EventOf<'status'>): DeliveryEvidence {
  // Another program's token is not one of our ids, and must not reach the query as one.
  return { token: token !== null && UUID.test(token) ? token : null, providerId, status, errorCode };
}

/** Replies go to the phone where there is one: Meta lets it win over a business-scoped user id. */
function addressOf({ identifiers }: PersonReference): Address {
  return identifiers.find(({ kind }) => kind === 'whatsapp phone') ?? identifiers[0];
}

/** A clock that runs ahead must not lengthen the messaging window or the retention period. */
function notLaterThanNow(at: Date): Date {
  return at.getTime() > Date.now() ? new Date() : at;
}
