import type { Channel } from '../domain/channels.ts';
import type { Address } from '../domain/events.ts';
import { accountProblemOf } from '../domain/outbox.ts';
import type { AccountProblem } from '../domain/outbox.ts';
import { silenceOf } from '../domain/standing.ts';
import type { Silence } from '../domain/standing.ts';
import { failPoint } from '../lib/fail-point.ts';
import { claimProbe } from '../store/outbox/account-pauses.ts';
import { readAddress } from '../store/people/addresses.ts';
import type { Database, InTransaction } from '../store/database.ts';
import {
  lockDeliveries,
  markInterrupted,
  recordIntent,
} from '../store/outbox/delivery-transitions.ts';
import type { LockedDelivery } from '../store/outbox/delivery-transitions.ts';
import { readReply, supersede, suppressPlanned } from '../store/outbox/outbox.ts';
import type { People } from '../store/people/people.ts';
import { pauseForHuman } from '../store/people/standing.ts';
import { inTransaction } from '../store/transaction.ts';
import { hasWaitingSince, lockSubject } from '../store/conversation/turns.ts';
import type { DeliverResult, ReplyReference } from './conversation-activities.ts';
import type { EvidenceWaits } from './evidence-waits.ts';
import { holdForAccount, holdForMeta } from './hold-reply.ts';

/** A part that may be sent now. `token` stands for the delivery outside, and Meta gives it back with its statuses. */
export interface Sendable {
  channel: Channel;
  account: string;
  to: Address;
  text: string;
  deliveryId: string;
  token: string;
  attempt: number;
  /** Whether it may have been sent before. */
  isResend: boolean;
  /** Why the account is paused, when this part is the one that tries whether it still has to be. */
  probes: AccountProblem | null;
  /** The problem of the account that this part has met before, if it has. */
  metBefore: AccountProblem | null;
  /** Whether no other part follows it. */
  isLast: boolean;
  /** Whether a human takes over once the reply is sent. */
  handsOver: boolean;
}

/**
 * `interrupted` names the channel of a part that a crash cut off between intent and outcome, if one was found just now.
 */
type GateResult = { send: Sendable } | { stopped: DeliverResult; interrupted: Channel | null };

export interface GateDeps {
  db: Database;
  people: People;
  /** How long the assistant rests after it handed over to a human, in milliseconds. */
  humanPauseMs: number;
  waits: EvidenceWaits;
}

/**
 * Decides in the transaction that records the intent whether the next part may be sent. Everything that forbids it
 * is looked at again here, under the lock of the person's row, because minutes may have passed since the draft.
 */
export async function passGate(deps: GateDeps, reply: ReplyReference): Promise<GateResult> {
  const { subjectId, replyId } = reply;
  return inTransaction(deps.db, async (trx) => {
    const subject = await lockSubject(trx, subjectId);
    if (subject === undefined || subject.erasing_at !== null)
      return suppress(trx, replyId, 'erasing');
    const deliveries = await lockDeliveries(trx, replyId);
    const unfinished = await findUnfinished(trx, deps.waits, subject.channel, deliveries, replyId);
    if (unfinished !== null) return unfinished;
    const {
      origin,
      action,
      paused_for: pausedFor,
      rest_ms: restMs,
      held_ms: heldMs,
    } = await readReply(trx, replyId);
    const next = deliveries.find(({ state }) => state === 'planned');
    if (next === undefined) {
      return stop(await finishReply(trx, deps, subjectId, action === 'handoff'));
    }

    const silence = silenceOf(subject, origin, new Date());
    if (silence !== null) return suppress(trx, replyId, silence);
    if (isUntouched(deliveries) && (await hasWaitingSince(trx, replyId))) {
      await supersede(trx, replyId);
      return stop({ outcome: 'superseded' });
    }
    const leaveMs = Math.ceil(Math.max(restMs, heldMs));
    if (leaveMs > 0) return stop(await holdForMeta(trx, reply, leaveMs));
    const cipher = await deps.people.cipher(trx, subjectId);
    const to = await readAddress(trx, cipher);
    if (to === null) return suppress(trx, replyId, 'window closed');
    const isProbe = pausedFor !== null && (await claimProbe(trx, subject, pausedFor));
    if (pausedFor !== null && !isProbe) return stop(await holdForAccount(trx, reply, false));

    const token = cipher.token(next.id);
    await recordIntent(trx, next.id, cipher.fingerprint(token));
    failPoint('before intent');
    const { channel, account } = subject;
    return {
      send: {
        channel,
        account,
        to,
        text: cipher.open('deliveries.sealed_text', next.id, next.sealed_text),
        deliveryId: next.id,
        token,
        attempt: next.attempt + 1,
        isResend: next.resends > 0,
        probes: pausedFor,
        metBefore: accountProblemOf(next.problem),
        isLast: deliveries.filter(({ state }) => state === 'planned').length === 1,
        handsOver: action === 'handoff',
      },
    };
  });
}

/** Every part has gone out. */
export async function finishReply(
  trx: InTransaction,
  { humanPauseMs }: Pick<GateDeps, 'humanPauseMs'>,
  subjectId: string,
  handsOver: boolean,
): Promise<DeliverResult> {
  if (handsOver) await pauseForHuman(trx, subjectId, humanPauseMs);
  failPoint('before mark');
  return { outcome: 'sent' };
}

function stop(stopped: DeliverResult): GateResult {
  return { stopped, interrupted: null };
}

/** Parts go out in order: nothing follows a part that was refused, or that may or may not have been sent. */
async function findUnfinished(
  trx: InTransaction,
  { evidenceMs, interruptedMs }: EvidenceWaits,
  channel: Channel,
  deliveries: readonly LockedDelivery[],
  replyId: string,
): Promise<GateResult | null> {
  const interrupted = deliveries.find(({ state }) => state === 'intent');
  if (interrupted !== undefined) {
    await markInterrupted(trx, interrupted.id);
    return { stopped: { outcome: 'ambiguous', afterMs: interruptedMs }, interrupted: channel };
  }
  if (deliveries.some(({ state }) => state === 'ambiguous')) {
    return stop({ outcome: 'ambiguous', afterMs: evidenceMs[channel] });
  }
  const refused = deliveries.find(({ state }) => state === 'rejected');
  if (refused === undefined) return null;
  await suppressPlanned(trx, replyId);
  return stop({ outcome: 'rejected', reason: refused.problem ?? 'unknown error' });
}

/**
 * A reply of which a part has gone out, or may have, is finished: what came meanwhile is for the next turn. Words that may
 * have arrived are said again as they were, once; another answer in their place could be lost as well, and yet another
 * would follow it.
 */
function isUntouched(deliveries: readonly LockedDelivery[]): boolean {
  return deliveries.every(
    ({ state, maybe_sent_at: sentAt }) => state === 'planned' && sentAt === null,
  );
}

async function suppress(
  trx: InTransaction,
  replyId: string,
  reason: Silence | 'window closed',
): Promise<GateResult> {
  await suppressPlanned(trx, replyId);
  return stop({ outcome: 'suppressed', reason });
}
