import { isDeepStrictEqual } from 'node:util';
import type { WebhookEvent } from '../../domain/events.ts';
import { failPoint } from '../../lib/fail-point.ts';
import type { InTransaction } from '../../store/database.ts';
import { inTransaction } from '../../store/transaction.ts';
import { findBuried } from './find-buried.ts';
import type { AfterCommit, EventOf, EventResult, IngestDeps } from './ingest-deps.ts';
import { takeHandover, takeNewIdentifiers } from './take-change.ts';
import { takeEdit } from './take-edit.ts';
import { takeEcho, takeStatus } from './take-evidence.ts';
import { takeMessages } from './take-messages.ts';
import { takeSeen } from './take-seen.ts';
import { takeUnsend } from './take-unsend.ts';

export interface IngestResult extends AfterCommit {
  /** In the order of the events. */
  results: EventResult[];
}

/**
 * Commits all events of one webhook in one transaction: after it returns, Meta may be told 200. An error means that
 * nothing was stored, and that Meta must repeat it.
 */
export async function ingest(
  deps: IngestDeps,
  events: readonly WebhookEvent[],
): Promise<IngestResult> {
  return inTransaction(deps.db, async (trx) => {
    const after: AfterCommit = { toWake: new Set(), settled: new Set(), confirmed: new Set() };
    const buried = await findBuried(trx, deps.tombstones, events);
    const taken: EventResult[] = [];
    for (const run of runsOf(events.filter((event) => !buried.has(event)))) {
      if (run.kind === 'messages')
        taken.push(...(await takeMessages(trx, deps, run.messages, after)));
      else taken.push(await takeOther(trx, deps, run.event, after));
    }
    const results = events.map((event) =>
      buried.has(event) ? 'too late' : (taken.shift() ?? 'of no use'),
    );
    failPoint('before commit');
    return { ...after, results };
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
    if (last?.kind === 'messages' && isSameSender(first, event)) last.messages.push(event);
    else runs.push({ kind: 'messages', messages: [event] });
  }
  return runs;
}

function isSameSender(one: EventOf<'message'> | undefined, other: EventOf<'message'>): boolean {
  return one?.identity === other.identity && isDeepStrictEqual(one?.person, other.person);
}

async function takeOther(
  trx: InTransaction,
  deps: IngestDeps,
  event: Exclude<WebhookEvent, { type: 'message' }>,
  after: AfterCommit,
): Promise<EventResult> {
  switch (event.type) {
    case 'message unsent':
      return takeUnsend(trx, deps, event, after.toWake);
    case 'message edited':
      return takeEdit(trx, deps, event, after);
    case 'status':
      return takeStatus(trx, deps, event, after.settled);
    case 'echo':
      return takeEcho(trx, deps, event, after.settled);
    case 'control changed':
      return takeHandover(trx, deps, event, after.toWake);
    case 'seen':
      return takeSeen(trx, deps, event, after.settled);
    case 'identifiers changed':
      return takeNewIdentifiers(trx, deps, event);
    case 'reaction':
      return 'of no use';
  }
}
