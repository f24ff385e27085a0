import { sleep } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { conversationId } from '../domain/conversation.ts';
import {
  bucketsDue,
  excusedWhenHeldSince,
  overdueWhenSilentSince,
  purgedWhenSilentSince,
} from '../domain/purge.ts';
import type { PurgeReport, PurgeRun } from '../domain/purge.ts';
import { BUCKETS } from '../lib/crypto/key-ring.ts';
import type { KeyRing } from '../lib/crypto/key-ring.ts';
import type { SubjectKeyCache } from '../lib/crypto/subject-key-cache.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Database } from '../store/database.ts';
import { rewrapLeftBuckets } from '../store/keys/departures.ts';
import { eraseTaken } from '../store/erasure/erase-taken.ts';
import { countHeld } from '../store/erasure/holds.ts';
import { countOverdue } from '../store/erasure/overdue.ts';
import { clearLeftovers, findTaken, takeSilentPeople } from '../store/erasure/purge.ts';
import { beginPurge, countRewrapped, finishPurge } from '../store/erasure/purges.ts';
import { deleteExecutions, findExecutions } from '../lib/temporal/delete-executions.ts';

/**
 * What a purge may do to the world. Each can be repeated, and the next run goes on with what the last one could not
 * finish.
 */
export interface PurgeActivities {
  /** Takes everybody who has been silent for too long: from then on they can be neither found nor read. */
  takeSilentPeople(run: PurgeRun): Promise<void>;
  /** Replaces the key of every bucket that somebody left. */
  replaceLeftKeys(run: PurgeRun): Promise<void>;
  /** Ends and deletes the executions that somebody who was taken still has. */
  endTheirExecutions(): Promise<void>;
  /** Deletes every row of those who were taken. Fails when a search by another route still finds one. */
  eraseTheirRows(run: PurgeRun): Promise<void>;
  /** Asks, in another way than the purge does, who should be gone and is not. Anything but none is an alert. */
  countOverdue(): Promise<number>;
  /** Writes down what the run did. */
  finishPurge(run: PurgeRun & { overdue: number }): Promise<PurgeReport>;
}

export interface PurgeDeps {
  db: Database;
  ring: KeyRing;
  cache: Pick<SubjectKeyCache, 'evict'>;
  /** Of the conversations namespace. */
  conversations: Client;
  metrics: Pick<Metrics, 'purgedPeople' | 'overduePeople' | 'heldPeople' | 'purgeProven'>;
  log: Log;
}

const POLL_MS = 500;
/** The number of people whose executions one query asks for. */
const PEOPLE_A_QUERY = 1_000;

export function createPurgeActivities(deps: PurgeDeps): PurgeActivities {
  const { db, ring, cache, metrics, log } = deps;
  return {
    takeSilentPeople: async ({ purgeId, hour, scope }) => {
      const sinceHour = await beginPurge(db, { purgeId, hour });
      const buckets = bucketsDue(scope === 'every bucket' ? null : sinceHour, hour, BUCKETS);
      const since = purgedWhenSilentSince(new Date());
      await takeSilentPeople(db, { purgeId, buckets, since }, (subjectIds) => {
        for (const subjectId of subjectIds) cache.evict(subjectId);
      });
      const count = await clearLeftovers(db, buckets);
      if (count > 0)
        log.warn(
          { event: 'leftovers cleared', count },
          'keys or contact data were left over, and went',
        );
    },

    replaceLeftKeys: ({ purgeId }) =>
      rewrapLeftBuckets(db, ring, async () => {
        await countRewrapped(db, purgeId);
      }),

    endTheirExecutions: () => endExecutions(deps),

    eraseTheirRows: ({ purgeId }) =>
      eraseTaken(db, purgeId, (people) => {
        metrics.purgedPeople.inc(people);
      }),

    countOverdue: async () => {
      const now = new Date();
      const times = { since: overdueWhenSilentSince(now), heldSince: excusedWhenHeldSince(now) };
      const overdue = await countOverdue(db, times);
      metrics.overduePeople.set(overdue);
      metrics.heldPeople.set(await countHeld(db));
      metrics.purgeProven.setToCurrentTime();
      if (overdue > 0)
        log.error(
          { event: 'people overdue', count: overdue },
          'people are still here who must be gone',
        );
      return overdue;
    },

    finishPurge: (run) => finishPurge(db, run),
  };
}

/** Conversations end after minutes, so that somebody who has been silent for months has one only if something is wrong. */
async function endExecutions({ db, conversations }: PurgeDeps): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const people: string[] = await findTaken(db, PEOPLE_A_QUERY, after);
    for (const workflowId of await findExecutions(conversations, people.map(conversationId))) {
      while ((await deleteExecutions(conversations, workflowId)) > 0) {
        await sleep(POLL_MS);
      }
    }
    after = people.at(-1) ?? null;
    if (people.length < PEOPLE_A_QUERY) return;
  }
}
