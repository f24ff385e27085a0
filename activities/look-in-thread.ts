import type { Channel } from '../domain/channels.ts';
import type { Address } from '../domain/events.ts';
import type { SendProblem } from '../domain/outbox.ts';
import { isSameText } from '../domain/same-words.ts';
import type { ReadThread, ShownText } from '../lib/meta/graph-read-back.ts';
import type { Database, InTransaction } from '../store/database.ts';
import { recordEvidence } from '../store/outbox/delivery-evidence.ts';
import { CLOCK_TOLERANCE_MS, findOwnDelivery } from '../store/outbox/own-delivery.ts';
import type { People } from '../store/people/people.ts';
import { inTransaction } from '../store/transaction.ts';
import { lockSubject } from '../store/conversation/turns.ts';
import { undoTakeover } from '../store/outbox/undo-takeover.ts';
import type { DeliveryCounts } from './delivery-counts.ts';

/** A part that may or may not have been sent. */
export interface Doubt {
  deliveryId: string;
  channel: Channel;
  account: string;
  /** Null when the messaging window has closed: then nothing more can be found out or sent. */
  to: Address | null;
  text: string;
  problem: SendProblem | null;
  maybeSentAt: Date;
  ageMs: number;
}

/** Looks once for an ambiguous part where the person would see it. What is found counts as evidence at once. */
export type LookInThread = (
  subjectId: string,
  doubt: Doubt & { to: Address },
) => Promise<'found' | 'not there' | 'cannot tell'>;

export interface LookDeps {
  db: Database;
  people: People;
  readThread: ReadThread;
  counts: Pick<DeliveryCounts, 'happened'>;
}

/** Only Instagram has a thread to read. On WhatsApp a status would have come: its absence is all there is. */
export function createLookInThread(deps: LookDeps): LookInThread {
  return async (subjectId, doubt) => {
    if (doubt.channel === 'whatsapp') return 'not there';
    const since = new Date(doubt.maybeSentAt.getTime() - CLOCK_TOLERANCE_MS);
    const { account, to: person } = doubt;
    const reading = await deps.readThread({ account, person, since });
    if (reading.kind === 'not read') return 'cannot tell';
    return (await takeShown(deps, subjectId, doubt, reading.texts)) ? 'found' : 'not there';
  };
}

/**
 * A thread is many echoes at once. Returns whether the part in doubt was among them, or was settled in another way
 * meanwhile.
 */
async function takeShown(
  { db, people, counts }: LookDeps,
  subjectId: string,
  { deliveryId, channel, text }: Doubt,
  shown: readonly ShownText[],
): Promise<boolean> {
  const { duplicates, isSettled } = await inTransaction(db, async (trx) => {
    const subject = await lockSubject(trx, subjectId);
    if (subject === undefined) return { duplicates: 0, isSettled: true };
    const cipher = await people.cipher(trx, subjectId);
    let duplicates = 0;
    for (const one of shown.filter((candidate) => isSameText(candidate.text, text))) {
      await undoTakeover(trx, cipher, { deliveryId, providerId: one.providerId });
      const token = await findOwnDelivery(trx, cipher, one);
      if (token === null) continue;
      const evidence = {
        token,
        providerId: one.providerId,
        status: 'sent',
        errorCode: null,
      } as const;
      const recorded = await recordEvidence(trx, cipher, evidence);
      if (recorded?.as === 'duplicate confirmed') duplicates += 1;
    }
    return { duplicates, isSettled: !(await isAmbiguous(trx, deliveryId)) };
  });
  for (let count = 0; count < duplicates; count += 1) {
    counts.happened(channel, 'duplicate confirmed');
  }
  return isSettled;
}

async function isAmbiguous(trx: InTransaction, deliveryId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('mayfly.deliveries')
    .select('state')
    .where('id', '=', deliveryId)
    .executeTakeFirst();
  return row?.state === 'ambiguous';
}
