import type { SendOutcome, SendProblem } from '../domain/outbox.ts';
import type { Silence } from '../domain/standing.ts';
import type { GraphClient } from '../lib/meta/graph-client.ts';
import { recordOutcome } from '../lib/postgres/outbox.ts';
import { inTransaction } from '../lib/postgres/transaction.ts';
import { passGate } from './gate.ts';
import type { GateDeps, Sendable } from './gate.ts';

export type DeliverResult =
  | { outcome: 'sent' }
  | { outcome: 'superseded' }
  | { outcome: 'suppressed'; reason: Silence | 'window closed' }
  | { outcome: 'rejected'; reason: SendProblem }
  | { outcome: 'ambiguous' }
  | { outcome: 'try again'; afterMs: number };

export interface DeliverDeps extends GateDeps {
  graph: Pick<GraphClient, 'sendText'>;
  /** Told of each attempt, for counting. */
  onOutcome: (channel: Sendable['channel'], outcome: SendOutcome['kind']) => void;
}

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/** Sends the parts of a reply in order, each after the gate; whatever happens in between, no part is sent blindly twice. */
export function createDeliver(deps: DeliverDeps) {
  return async function deliver(reply: {
    subjectId: string;
    replyId: string;
  }): Promise<DeliverResult> {
    for (;;) {
      const passed = await passGate(deps, reply);
      if (!('send' in passed)) return passed;
      const outcome = await deps.graph.sendText(passed.send);
      deps.onOutcome(passed.send.channel, outcome.kind);
      await inTransaction(deps.db, async (trx) =>
        recordOutcome(
          trx,
          await deps.people.cipher(trx, reply.subjectId),
          passed.send.token,
          outcome,
        ),
      );
      const ended = resultOf(outcome, passed.send.attempt);
      if (ended !== null) return ended;
    }
  };
}

/** Null when the next part follows. */
function resultOf(outcome: SendOutcome, attempt: number): DeliverResult | null {
  switch (outcome.kind) {
    case 'accepted':
      return null;
    case 'rejected':
      return { outcome: 'rejected', reason: outcome.reason };
    case 'ambiguous':
      return { outcome: 'ambiguous' };
    case 'not sent':
      return { outcome: 'try again', afterMs: outcome.retryAfterMs ?? waitAfter(attempt) };
  }
}

function waitAfter(attempt: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
}
