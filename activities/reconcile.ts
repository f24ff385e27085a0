import { mayBeResent } from '../domain/outbox.ts';
import { readAddress } from '../lib/postgres/addresses.ts';
import type { Database } from '../lib/postgres/database.ts';
import { leaveToHuman, planAgain } from '../lib/postgres/delivery-transitions.ts';
import { readDoubt } from '../lib/postgres/doubtful-delivery.ts';
import type { People } from '../lib/postgres/people.ts';
import { pauseForHuman } from '../lib/postgres/standing.ts';
import { inTransaction } from '../lib/postgres/transaction.ts';
import { lockSubject } from '../lib/postgres/turns.ts';
import type { ReconcileResult, ReplyReference } from './conversation-activities.ts';
import type { DeliveryCounts } from './delivery-counts.ts';
import type { EvidenceWaits } from './evidence-waits.ts';
import type { Doubt, LookInThread } from './look-in-thread.ts';

export interface ReconcileDeps {
  db: Database;
  people: People;
  look: LookInThread;
  humanPauseMs: number;
  waits: EvidenceWaits;
  counts: DeliveryCounts;
}

/**
 * Finds out what became of an ambiguous part: by evidence that has come meanwhile, or by reading the thread. Without a
 * trace of it, it may be sent once more; once that was done, or cannot be, a human has to look.
 */
export function createReconcile(deps: ReconcileDeps) {
  return async function reconcile(reply: ReplyReference): Promise<ReconcileResult> {
    const doubt = await findDoubt(deps, reply);
    if (doubt === null) return { outcome: 'settled' };
    const leftMs = waitFor(deps.waits, doubt) - doubt.ageMs;
    if (leftMs > 0) return { outcome: 'look again', afterMs: Math.ceil(leftMs) };
    const { to } = doubt;
    if (to === null) return decide(deps, reply, 'cannot tell');
    const seen = await deps.look(reply.subjectId, { ...doubt, to });
    if (seen === 'cannot tell' && doubt.ageMs < deps.waits.giveUpMs) {
      // The longer it has lasted, the rarer the next look.
      return { outcome: 'look again', afterMs: Math.ceil(doubt.ageMs) };
    }
    return decide(deps, reply, seen);
  };
}

async function findDoubt(
  { db, people }: ReconcileDeps,
  { subjectId, replyId }: ReplyReference,
): Promise<Doubt | null> {
  return inTransaction(db, async (trx) => {
    const subject = await lockSubject(trx, subjectId);
    if (subject === undefined || subject.erasing_at !== null) return null;
    const row = await readDoubt(trx, replyId);
    if (row === undefined) return null;
    const cipher = await people.cipher(trx, subjectId);
    return {
      deliveryId: row.id,
      channel: subject.channel,
      account: subject.account,
      to: await readAddress(trx, cipher),
      text: cipher.open('deliveries.sealed_text', row.id, row.sealed_text),
      problem: row.problem,
      maybeSentAt: row.maybe_sent_at,
      ageMs: row.age_ms,
    };
  });
}

/** A signal may wake the conversation early, so the time is kept here. */
function waitFor({ evidenceMs, interruptedMs }: EvidenceWaits, doubt: Doubt): number {
  const forEvidence = evidenceMs[doubt.channel];
  return doubt.problem === 'interrupted' ? Math.max(forEvidence, interruptedMs) : forEvidence;
}

async function decide(
  { db, humanPauseMs, counts }: ReconcileDeps,
  { subjectId, replyId }: ReplyReference,
  seen: Awaited<ReturnType<LookInThread>>,
): Promise<ReconcileResult> {
  const decision = await inTransaction(db, async (trx) => {
    const subject = await lockSubject(trx, subjectId);
    const row = await readDoubt(trx, replyId);
    // Evidence may have come while we looked.
    if (subject === undefined || row === undefined) return { outcome: 'settled' } as const;
    if (seen === 'not there' && mayBeResent(row)) {
      await planAgain(trx, row.id);
      return { outcome: 'resend' } as const;
    }
    await leaveToHuman(trx, row.id);
    await pauseForHuman(trx, subjectId, humanPauseMs);
    return { outcome: 'needs human', channel: subject.channel } as const;
  });
  if (decision.outcome !== 'needs human') return decision;
  counts.happened(decision.channel, 'needs human');
  return { outcome: 'needs human' };
}
