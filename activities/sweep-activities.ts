import type { Gauge } from 'prom-client';
import { dropClosedAddresses } from '../store/people/addresses.ts';
import type { Database } from '../store/database.ts';
import { findOverdueWakes } from '../store/conversation/turns.ts';
import type { WakeConversation } from '../lib/temporal/wake-conversation.ts';

export interface SweepActivities {
  /** Wakes conversations with a waiting message that no run looks after; returns how many. */
  wakeOverdue(): Promise<number>;
  /** Drops addresses whose messaging window has closed (policy C3); returns how many. */
  dropAddresses(): Promise<number>;
  /** Lets replies that waited for their account try again; returns how many. */
  tendWaitingReplies(): Promise<number>;
  /** Reports people who wrote and whom nobody answers; returns how many. */
  tellOfSilence(): Promise<number>;
}

export interface SweepDeps {
  db: Database;
  tendWaitingReplies: SweepActivities['tendWaitingReplies'];
  tellOfSilence: SweepActivities['tellOfSilence'];
  wake: WakeConversation;
  /** How long a wake may be outstanding before the sweep repeats it, and how long one that was taken may last. */
  overdue: { untakenMs: number; takenMs: number };
  waiting: Pick<Gauge, 'set'>;
}

const BATCH = 500;

export function createSweepActivities({
  db,
  tendWaitingReplies,
  tellOfSilence,
  wake,
  overdue,
  waiting,
}: SweepDeps): SweepActivities {
  return {
    tendWaitingReplies,
    tellOfSilence,
    wakeOverdue: async () => {
      const subjects = await findOverdueWakes(db, overdue, BATCH);
      waiting.set(subjects.length);
      for (const subjectId of subjects) await wake(subjectId);
      return subjects.length;
    },
    dropAddresses: () => dropClosedAddresses(db),
  };
}
