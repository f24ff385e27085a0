import type { Language } from '../../domain/assistant.ts';
import { recogniseCommand } from '../../domain/chat-command.ts';
import type { Address, MessageContent, PersonReference, WebhookEvent } from '../../domain/events.ts';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { Database, InTransaction } from '../../lib/postgres/database.ts';
import { recordEvidence } from '../../lib/postgres/delivery-evidence.ts';
import type { DeliveryEvidence } from '../../lib/postgres/delivery-evidence.ts';
import { editMessage, eraseUnsentMessage, storeMessage } from '../../lib/postgres/inbox.ts';
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

type Step = { result: EventResult; mustWake?: string };
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
    for (const event of events) {
      const { result, mustWake } = await take(trx, deps, event);
      results.push(result);
      if (mustWake !== undefined) toWake.add(mustWake);
    }
    return { toWake: [...toWake], results };
  });
}

async function take(trx: InTransaction, deps: IngestDeps, event: WebhookEvent): Promise<Step> {
  switch (event.type) {
    case 'message':
      return takeMessage(trx, deps, event);
    case 'message unsent': {
      const at = notLaterThanNow(event.at);
      const cipher = await deps.people.findOrCreate(trx, event.person, at);
      await eraseUnsentMessage(trx, cipher, { providerId: event.providerId, at });
      return { result: 'erased' };
    }
    case 'message edited': {
      const cipher = await deps.people.find(trx, event.person);
      return { result: cipher !== null && (await editMessage(trx, cipher, event)) ? 'stored' : 'not ours' };
    }
    case 'status': {
      const cipher = event.person === null ? null : await deps.people.find(trx, event.person);
      return { result: await recordEvidence(trx, cipher, evidenceOf(event)) };
    }
    case 'echo':
      return { result: await takeEcho(trx, deps, event) };
    case 'control changed': {
      const cipher = await deps.people.find(trx, event.person);
      if (cipher === null) return { result: 'not ours' };
      if (event.to === 'us') await endHumanPause(trx, cipher.subjectId);
      else await pauseForHuman(trx, cipher.subjectId, deps.humanPauseMs);
      return { result: 'recorded' };
    }
    case 'seen':
    case 'reaction':
    case 'identifiers changed':
      return { result: 'of no use' };
  }
}

async function takeMessage(trx: InTransaction, deps: IngestDeps, event: EventOf<'message'>): Promise<Step> {
  const at = notLaterThanNow(event.at);
  const cipher = await deps.people.findOrCreate(trx, event.person, at);
  const { providerId, content } = event;
  const stored = await storeMessage(trx, cipher, { providerId, content, at, address: addressOf(event.person) });
  if (stored === 'repeated') return { result: 'repeated' };
  await obey(trx, deps, cipher, content);
  return { result: 'stored', ...(stored === 'stored, must wake' ? { mustWake: cipher.subjectId } : {}) };
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
