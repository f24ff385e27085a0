import { mayBeResent } from '../domain/outbox.ts';
import { readAddress } from '../store/people/addresses.ts';
import type { Database } from '../store/database.ts';
import { leaveToHuman, planAgain } from '../store/outbox/delivery-transitions.ts';
import { readDoubt } from '../store/outbox/doubtful-delivery.ts';
import type { People } from '../store/people/people.ts';
import { pauseForHuman } from '../store/people/standing.ts';
import { inTransaction } from '../store/transaction.ts';
import { lockSubject } from '../store/conversation/turns.ts';
import type { DoubtfulReply, ReconcileResult, ReplyReference } from './conversation-activities.ts';
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
 * trace of it, it may be sent once more; once that was done, or cannot be, a human has to look. It looks once and never
 * waits. The workflow waits instead: no death of a worker can lengthen its wait, and any news can end it.
 */
export function createReconcile(deps: ReconcileDeps) {
  return async function reconcile({
    looks = 0,
    ...reply
  }: DoubtfulReply): Promise<ReconcileResult> {
    const doubt = await findDoubt(deps, reply);
    if (doubt === null) return { outcome: 'settled' };
    const { to, ageMs, channel } = doubt;
    const lookAgainMs = deps.waits.lookAgainMs[channel];
    const leftMs = dueAgeMs(deps.waits, doubt, lookAgainMs.slice(0, looks)) - ageMs;
    if (leftMs > 0) return { outcome: 'look again', afterMs: Math.ceil(leftMs), looks };
    if (to === null) return decide(deps, reply, 'cannot tell');
    const seen = await deps.look(reply.subjectId, { ...doubt, to });
    const nextMs = lookAgainMs[looks];
    if (seen === 'not there' && nextMs !== undefined) {
      return { outcome: 'look again', afterMs: nextMs, looks: looks + 1 };
    }
    if (seen === 'cannot tell' && ageMs < deps.waits.giveUpMs) {
      // The longer it has lasted, the rarer the next look.
      return { outcome: 'look again', afterMs: Math.ceil(ageMs), looks };
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

/** How old a doubt must be for the next look. A signal may wake the conversation early, so the time is kept here. */
function dueAgeMs(
  { evidenceMs, interruptedMs }: EvidenceWaits,
  { channel, problem }: Doubt,
  pausesMs: readonly number[],
): number {
  const firstMs =
    problem === 'interrupted' ? Math.max(evidenceMs[channel], interruptedMs) : evidenceMs[channel];
  return pausesMs.reduce((sumMs, pauseMs) => sumMs + pauseMs, firstMs);
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
