import type { Gauge } from 'prom-client';
import { RESUMED_SIGNAL } from '../domain/conversation.ts';
import { reviewPauses } from '../store/outbox/account-pauses.ts';
import type { Pause } from '../store/outbox/account-pauses.ts';
import type { Database } from '../store/database.ts';
import { wakeForFailed } from '../store/outbox/failed-afterwards.ts';
import { forgetOverdueReplies, releaseReplies } from '../store/outbox/waiting-replies.ts';
import type { TellConversation } from '../lib/temporal/tell-conversation.ts';

export interface TendWaitingRepliesDeps {
  db: Database;
  tell: TellConversation;
  paused: Pick<Gauge, 'set'>;
  /** Called once for each account that cannot send. */
  alert: (pause: Pause) => void;
}

const BATCH = 500;

/**
 * Calls the replies that may try to go out: one of each paused account when its probe is due, and all of an account that
 * works again. Returns how many.
 */
export function createTendWaitingReplies({ db, tell, paused, alert }: TendWaitingRepliesDeps) {
  return async function tendWaitingReplies(): Promise<number> {
    const pauses = await reviewPauses(db);
    paused.set(pauses.paused);
    pauses.untold.forEach(alert);
    const overdue = await forgetOverdueReplies(db);
    const subjects = await releaseReplies(db, BATCH);
    await wakeForFailed(db, [...overdue, ...subjects]);
    for (const subjectId of subjects) await tell(subjectId, RESUMED_SIGNAL);
    return subjects.length;
  };
}
