import type { Database } from '../store/database.ts';
import { claimSilentPeople } from '../store/conversation/silent-people.ts';
import type { SilenceReason } from '../store/conversation/silent-people.ts';
import { inTransaction } from '../store/transaction.ts';

export interface TellOfSilenceDeps {
  db: Database;
  /** The same conversation is not reported twice within this time, in milliseconds: the pause for a human. */
  pauseMs: number;
  tell: (subjectId: string, reason: SilenceReason) => void;
}

const BATCH = 500;

/** Reports each person who wrote and whom nobody answers, once per pause; returns how many. */
export function createTellOfSilence({ db, pauseMs, tell }: TellOfSilenceDeps) {
  return async function tellOfSilence(): Promise<number> {
    return inTransaction(db, async (trx) => {
      const silent = await claimSilentPeople(trx, { pauseMs, limit: BATCH });
      // Before the commit: better told twice than never.
      for (const { subjectId, reason } of silent) tell(subjectId, reason);
      return silent.length;
    });
  };
}
