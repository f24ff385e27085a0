import { accountProblemOf, provesAccountWorks, waitBefore } from '../domain/outbox.ts';
import type { SendOutcome } from '../domain/outbox.ts';
import type { SubjectCipher } from '../lib/crypto/subject-cipher.ts';
import { failPoint } from '../lib/fail-point.ts';
import type { GraphClient } from '../lib/meta/graph-client.ts';
import { mayConcernOnePerson } from '../lib/meta/graph-error-table.ts';
import { pauseAccountOf, resumeAccountOf } from '../store/outbox/account-pauses.ts';
import type { InTransaction } from '../store/database.ts';
import { recordEvidence } from '../store/outbox/delivery-evidence.ts';
import { recordOutcome } from '../store/outbox/delivery-transitions.ts';
import { inTransaction } from '../store/transaction.ts';
import { lockSubject } from '../store/conversation/turns.ts';
import { undoTakeover } from '../store/outbox/undo-takeover.ts';
import type { DeliverResult, ReplyReference } from './conversation-activities.ts';
import type { DeliveryCounts } from './delivery-counts.ts';
import { finishReply, passGate } from './gate.ts';
import type { GateDeps, Sendable } from './gate.ts';
import { holdForAccount, holdForMeta } from './hold-reply.ts';

export interface DeliverDeps extends GateDeps {
  graph: Pick<GraphClient, 'sendText'>;
  counts: DeliveryCounts;
}

/** After this long the workflow calls again, so that many slow parts never meet the activity's time limit. */
const LONGEST_RUN_MS = 30_000;

/** Sends the parts of a reply in order, each after the gate; whatever happens in between, no part is sent blindly twice. */
export function createDeliver(deps: DeliverDeps) {
  return async function deliver(reply: ReplyReference): Promise<DeliverResult> {
    const endsAt = performance.now() + LONGEST_RUN_MS;
    for (;;) {
      const passed = await passGate(deps, reply);
      if ('stopped' in passed) {
        countStop(deps.counts, passed);
        failPoint('after mark');
        return passed.stopped;
      }
      failPoint('after intent');
      failPoint('before send');
      const outcome = await deps.graph.sendText(passed.send);
      failPoint('after send');
      const { isNews, result } = await record(deps, reply, passed.send, outcome);
      failPoint('after accept');
      countAttempt(deps.counts, passed.send, outcome, isNews);
      if (result !== null) {
        failPoint('after mark');
        return result;
      }
      if (performance.now() > endsAt) return { outcome: 'try again', afterMs: 0 };
    }
  };
}

/**
 * Stores what a send told us. `isNews` is false where Meta's own evidence has already said more. A `result` is
 * something to wait for or the end of the reply; without one, the gate decides at once how it goes on.
 */
async function record(
  deps: DeliverDeps,
  reply: ReplyReference,
  send: Sendable,
  outcome: SendOutcome,
): Promise<{ isNews: boolean; result: DeliverResult | null }> {
  const { db, people } = deps;
  return inTransaction(db, async (trx) => {
    if (send.handsOver) await lockSubject(trx, reply.subjectId);
    const cipher = await people.cipher(trx, reply.subjectId);
    const verdict = isItsOwnFault(send, outcome) ? asRejected(outcome) : outcome;
    const attempt = { deliveryId: send.deliveryId, attempt: send.attempt };
    const isNews = await recordOutcome(trx, cipher, attempt, verdict);
    if (verdict.kind === 'accepted') await takeBackTakeover(trx, cipher, send, verdict);
    failPoint('before accept');
    if (send.probes !== null && provesAccountWorks(send.channel, send.probes, verdict)) {
      await resumeAccountOf(trx, reply.subjectId);
    }
    if (verdict.kind === 'accepted' && isNews && send.isLast) {
      return { isNews, result: await finishReply(trx, deps, reply.subjectId, send.handsOver) };
    }
    if (verdict.kind !== 'not sent') return { isNews, result: null };
    const problem = accountProblemOf(verdict.reason);
    if (problem !== null) await pauseAccountOf(trx, reply.subjectId, problem);
    if (!isNews) return { isNews, result: null };
    const result =
      problem === null
        ? await holdForMeta(trx, reply, waitBefore(send.attempt, verdict.retryAfterMs))
        : await holdForAccount(trx, reply, true);
    return { isNews, result };
  });
}

/**
 * Its echo may have come before Meta's answer, and worded differently: then it is evidence, as it would have been
 * afterwards.
 */
async function takeBackTakeover(
  trx: InTransaction,
  cipher: SubjectCipher,
  { deliveryId }: Sendable,
  { providerId }: { providerId: string },
): Promise<void> {
  if (await undoTakeover(trx, cipher, { deliveryId, providerId }))
    await recordEvidence(trx, cipher, {
      ...{ token: deliveryId, providerId, status: 'sent', errorCode: null },
    });
}

type NotSent = Extract<SendOutcome, { kind: 'not sent' }>;

/**
 * A part that is refused a permission again, after others have shown that the account works, has a problem of its own:
 * it must not stop everyone else's replies again and again. A code that is never about one person stops the account
 * every time.
 */
function isItsOwnFault(
  { channel, probes, metBefore }: Sendable,
  outcome: SendOutcome,
): outcome is NotSent {
  if (outcome.kind !== 'not sent' || probes !== null || metBefore === null) return false;
  return (
    accountProblemOf(outcome.reason) === metBefore && mayConcernOnePerson(channel, outcome.code)
  );
}

function asRejected({ reason, code }: NotSent): SendOutcome {
  return { kind: 'rejected', reason, code };
}

function countAttempt(
  counts: DeliveryCounts,
  { channel, isResend }: Sendable,
  { kind }: SendOutcome,
  isNews: boolean,
): void {
  counts.attempted(channel, kind);
  if (kind === 'ambiguous' && isNews) counts.happened(channel, 'ambiguous');
  if (isResend && (kind === 'accepted' || kind === 'ambiguous')) counts.happened(channel, 'resent');
}

function countStop(
  counts: DeliveryCounts,
  { stopped, interrupted }: Exclude<Awaited<ReturnType<typeof passGate>>, { send: Sendable }>,
): void {
  if (interrupted !== null) counts.happened(interrupted, 'ambiguous');
  if (stopped.outcome === 'suppressed') counts.suppressed(stopped.reason);
  if (stopped.outcome === 'superseded') counts.suppressed('newer message');
}
