import type { Channel } from '../domain/channels.ts';
import type { Address } from '../domain/events.ts';
import { silenceOf } from '../domain/standing.ts';
import type { Silence } from '../domain/standing.ts';
import { readAddress } from '../lib/postgres/addresses.ts';
import type { Database, InTransaction } from '../lib/postgres/database.ts';
import {
  lockDeliveries,
  markAmbiguous,
  recordIntent,
  supersede,
  suppressPlanned,
  readReply,
} from '../lib/postgres/outbox.ts';
import type { LockedDelivery } from '../lib/postgres/outbox.ts';
import type { People } from '../lib/postgres/people.ts';
import { pauseForHuman } from '../lib/postgres/standing.ts';
import { inTransaction } from '../lib/postgres/transaction.ts';
import { hasWaitingSince, lockSubject } from '../lib/postgres/turns.ts';

/** A part that may be sent now. `token` is our delivery's id, which Meta gives back with its statuses. */
export interface Sendable {
  channel: Channel;
  account: string;
  to: Address;
  text: string;
  token: string;
  attempt: number;
}

type GateResult =
  | { send: Sendable }
  | { outcome: 'sent' }
  | { outcome: 'superseded' }
  | { outcome: 'ambiguous' }
  | { outcome: 'suppressed'; reason: Silence | 'window closed' };

export interface GateDeps {
  db: Database;
  people: People;
  /** How long the assistant rests after it handed over to a human, in milliseconds. */
  humanPauseMs: number;
}

/**
 * Decides in the transaction that records the intent whether the next part may be sent. Everything that forbids it
 * is looked at again here, under the lock of the person's row, because minutes may have passed since the draft.
 */
export async function passGate(
  { db, people, humanPauseMs }: GateDeps,
  { subjectId, replyId }: { subjectId: string; replyId: string },
): Promise<GateResult> {
  return inTransaction(db, async (trx) => {
    const subject = await lockSubject(trx, subjectId);
    if (subject === undefined) return { outcome: 'suppressed', reason: 'erasing' };
    const deliveries = await lockDeliveries(trx, replyId);
    const interrupted = deliveries.find(({ state }) => state === 'intent');
    if (interrupted !== undefined) {
      await markAmbiguous(trx, interrupted.id);
      return { outcome: 'ambiguous' };
    }
    const reply = await readReply(trx, replyId);
    const next = deliveries.find(({ state }) => state === 'planned');
    if (next === undefined) {
      if (reply.action === 'handoff') await pauseForHuman(trx, subjectId, humanPauseMs);
      return { outcome: 'sent' };
    }

    const silence = silenceOf(subject, reply.origin, new Date());
    if (silence !== null) return suppress(trx, replyId, silence);
    if (isUntouched(deliveries) && (await hasWaitingSince(trx, replyId))) {
      await supersede(trx, replyId);
      return { outcome: 'superseded' };
    }
    const cipher = await people.cipher(trx, subjectId);
    const to = await readAddress(trx, cipher);
    if (to === null) return suppress(trx, replyId, 'window closed');

    await recordIntent(trx, next.id);
    const text = cipher.open('deliveries.sealed_text', next.id, next.sealed_text);
    const { channel, account } = subject;
    return { send: { channel, account, to, text, token: next.id, attempt: next.attempt + 1 } };
  });
}

/** A reply of which a part has gone out is finished: what came meanwhile is for the next turn. */
function isUntouched(deliveries: readonly LockedDelivery[]): boolean {
  return deliveries.every(({ state }) => state === 'planned');
}

async function suppress(
  trx: InTransaction,
  replyId: string,
  reason: Silence | 'window closed',
): Promise<GateResult> {
  await suppressPlanned(trx, replyId);
  return { outcome: 'suppressed', reason };
}
