import type {
  ConversationActivities,
  DeliverResult,
  ReplyReference,
} from '../../activities/conversation-activities.ts';

/** What delivering needs of the workflow around it. */
export interface DeliveryPorts extends Pick<ConversationActivities, 'deliver' | 'reconcile'> {
  sleep(ms: number): Promise<void>;
  /** Waits for news of a delivery, but `ms` milliseconds at most. */
  news(ms: number): Promise<void>;
}

/** How a reply ended. */
export type Delivered = Exclude<DeliverResult, { afterMs: number }>;

/**
 * Sends a reply to its end: waits where Meta or the account asks for it, and finds out what became of a part before
 * anything follows it. A part that may have been sent is sent once more at most; the database keeps count. `begun` is what
 * became of it where the activity that wrote it has begun to send it.
 */
export async function deliverReply(
  reply: ReplyReference,
  ports: DeliveryPorts,
  begun?: DeliverResult,
): Promise<Delivered> {
  for (let sent = begun ?? (await ports.deliver(reply)); ; sent = await ports.deliver(reply)) {
    switch (sent.outcome) {
      case 'try again':
        await ports.sleep(sent.afterMs);
        break;
      case 'account paused':
        await ports.news(sent.afterMs);
        break;
      case 'ambiguous':
        await findOut(reply, ports, sent.afterMs);
        break;
      case 'sent':
      case 'superseded':
      case 'suppressed':
      case 'rejected':
        return sent;
    }
  }
}

/** Ends once the part is settled, planned once more, or left to a human. */
async function findOut(
  reply: ReplyReference,
  ports: DeliveryPorts,
  firstWaitMs: number,
): Promise<void> {
  for (let waitMs = firstWaitMs, looks = 0; ;) {
    await ports.news(waitMs);
    const found = await ports.reconcile({ ...reply, looks });
    if (found.outcome !== 'look again') return;
    ({ afterMs: waitMs, looks = 0 } = found);
  }
}
