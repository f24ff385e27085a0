import type { PersonReference, Address, WebhookEvent } from '../../domain/events.ts';
import type { Database, InTransaction } from '../../lib/postgres/database.ts';
import { recordEvidence } from '../../lib/postgres/delivery-evidence.ts';
import { editMessage, eraseUnsentMessage, storeMessage } from '../../lib/postgres/inbox.ts';
import type { People } from '../../lib/postgres/people.ts';
import { inTransaction } from '../../lib/postgres/transaction.ts';

/** What became of an event; a fixed word, for counting. */
export type EventResult = 'stored' | 'repeated' | 'recorded' | 'erased' | 'not ours' | 'of no use';

export interface IngestResult {
  /** Subjects whose conversation has no wake outstanding. */
  toWake: string[];
  results: EventResult[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Commits all events of one webhook in one transaction: after it returns, Meta may be told 200.
 * An error means that nothing was stored, and that Meta shall repeat.
 */
export async function ingest(
  { db, people }: { db: Database; people: People },
  events: readonly WebhookEvent[],
): Promise<IngestResult> {
  return inTransaction(db, async (trx) => {
    const toWake = new Set<string>();
    const results: EventResult[] = [];
    for (const event of events)
      results.push(await store(trx, people, event, (id) => toWake.add(id)));
    return { toWake: [...toWake], results };
  });
}

async function store(
  trx: InTransaction,
  people: People,
  event: WebhookEvent,
  mustWake: (subjectId: string) => void,
): Promise<EventResult> {
  switch (event.type) {
    case 'message': {
      const at = notLaterThanNow(event.at);
      const cipher = await people.findOrCreate(trx, event.person, at);
      const stored = await storeMessage(trx, cipher, {
        ...event,
        at,
        address: addressOf(event.person),
      });
      if (stored === 'stored, must wake') mustWake(cipher.subjectId);
      return stored === 'repeated' ? 'repeated' : 'stored';
    }
    case 'message unsent': {
      const at = notLaterThanNow(event.at);
      await eraseUnsentMessage(trx, await people.findOrCreate(trx, event.person, at), {
        ...event,
        at,
      });
      return 'erased';
    }
    case 'message edited': {
      const cipher = await people.find(trx, event.person);
      return cipher !== null && (await editMessage(trx, cipher, event)) ? 'stored' : 'not ours';
    }
    case 'status':
    case 'echo':
      return recordEvidence(trx, await findPerson(trx, people, event.person), evidenceOf(event));
    case 'seen':
    case 'reaction':
    case 'identifiers changed':
    case 'control changed':
      return 'of no use';
  }
}

function findPerson(trx: InTransaction, people: People, person: PersonReference | null) {
  return person === null ? null : people.find(trx, person);
}

function evidenceOf(event: Extract<WebhookEvent, { type: 'status' | 'echo' }>) {
  if (event.type === 'echo') {
    return { token: null, providerId: event.providerId, status: 'sent', errorCode: null } as const;
  }
  const { providerId, status, errorCode } = event;
  // Another program's token is not one of our ids, and must not reach the query as one.
  const token = event.token !== null && UUID.test(event.token) ? event.token : null;
  return { token, providerId, status, errorCode };
}

/** Replies go to the phone where there is one: Meta lets it win over a business-scoped user id. */
function addressOf({ identifiers }: PersonReference): Address {
  return identifiers.find(({ kind }) => kind === 'whatsapp phone') ?? identifiers[0];
}

/** A clock that runs ahead must not lengthen the messaging window or the retention period. */
function notLaterThanNow(at: Date): Date {
  return at.getTime() > Date.now() ? new Date() : at;
}
