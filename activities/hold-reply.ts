import type { InTransaction } from '../lib/postgres/database.ts';
import { holdReply } from '../lib/postgres/waiting-replies.ts';
import type { ReplyReference } from './conversation-activities.ts';

/** A conversation whose call was lost looks by itself after this long. */
const LONGEST_HOLD_MS = 15 * 60_000;
/** A shorter wait is not worth a row. */
const SHORTEST_HOLD_MS = 10_000;

/** The reply waits until its account can send, or it is called to find that out. `hasTried` is whether it just did. */
export async function holdForAccount(trx: InTransaction, reply: ReplyReference, hasTried: boolean) {
  await holdReply(trx, { ...reply, waitsFor: 'account', forMs: LONGEST_HOLD_MS, hasTried });
  return { outcome: 'account paused', afterMs: LONGEST_HOLD_MS } as const;
}

/** The reply is tried again after this long; a longer wait is written down, so that nobody takes it for a lost one. */
export async function holdForMeta(trx: InTransaction, reply: ReplyReference, afterMs: number) {
  if (afterMs > SHORTEST_HOLD_MS) {
    await holdReply(trx, { ...reply, waitsFor: 'Meta', forMs: afterMs, hasTried: true });
  }
  return { outcome: 'try again', afterMs } as const;
}
