import { readWindowLeftMs } from '../store/people/addresses.ts';
import type { InTransaction } from '../store/database.ts';
import { holdReply, LONGEST_HOLD_MS } from '../store/outbox/waiting-replies.ts';
import type { ReplyReference } from './conversation-activities.ts';

/** A shorter wait is not worth a row. */
const SHORTEST_HOLD_MS = 10_000;

/** The reply waits until its account can send, or it is called to find that out. `hasTried`: it has just tried. */
export async function holdForAccount(trx: InTransaction, reply: ReplyReference, hasTried: boolean) {
  await holdReply(trx, { ...reply, waitsFor: 'account', forMs: LONGEST_HOLD_MS, hasTried });
  return { outcome: 'account paused', afterMs: LONGEST_HOLD_MS } as const;
}

/** The last try comes this long before the messaging window closes. */
const LAST_TRY_MS = 30_000;

/**
 * The reply is tried again after this long, and once more before the messaging window closes, however long Meta asks to
 * wait. A longer wait is written down, so that the reply is not taken for a lost one.
 */
export async function holdForMeta(trx: InTransaction, reply: ReplyReference, askedMs: number) {
  const leftMs = (await readWindowLeftMs(trx, reply.subjectId)) - LAST_TRY_MS;
  const afterMs = leftMs > 0 ? Math.min(askedMs, Math.ceil(leftMs)) : askedMs;
  if (afterMs > SHORTEST_HOLD_MS) {
    await holdReply(trx, { ...reply, waitsFor: 'Meta', forMs: afterMs, hasTried: true });
  }
  return { outcome: 'try again', afterMs } as const;
}
