import { randomUUID } from 'node:crypto';
import {
  excusedWhenHeldSince,
  overdueWhenSilentSince,
  purgedWhenSilentSince,
} from '../../domain/purge.ts';
import { BUCKETS } from '../../lib/crypto/key-ring.ts';
import { eraseTaken } from '../../store/erasure/erase-taken.ts';
import { countOverdue } from '../../store/erasure/overdue.ts';
import { takeSilentPeople } from '../../store/erasure/purge.ts';
import { beginPurge } from '../../store/erasure/purges.ts';
import { insertSilentPeople } from '../../test/support/silent-people.ts';
import type { Bench } from '../bench.ts';
import { insertOtherPeople } from '../load/other-people.ts';
import { nowMs } from '../measure/clock.ts';
import { round } from '../measure/summary.ts';
import { withStorage } from './with-storage.ts';
import type { Storage } from './with-storage.ts';

/** One run of the purge: people silent for longer than the policy allows, a session and some messages each. */
export interface PurgeFigures {
  others: number;
  people: number;
  messagesEach: number;
  /** Taking them: from then on they can no longer be found. */
  takeMs: number;
  /** Deleting and rescanning all their rows. */
  rowsMs: number;
  /** Taking and rows; new keys for the buckets that they left cost per bucket, not per person: see the erasure. */
  peoplePerSecond: number;
  /** The second query, by another route, over everything. */
  overdueQueryMs: number;
}

const DAYS = 89;
/** People whose keys lie in these buckets go; everybody else's keys lie elsewhere. */
const LEFT = Array.from({ length: 32 }, (_, n) => n * 32);

/** The purge by the worker's own functions, among few people and among many. */
export async function measurePurge(bench: Bench): Promise<Record<string, PurgeFigures>> {
  const { others, people } = bench.plan.purge;
  const figures: Record<string, PurgeFigures> = {};
  for (const count of others) {
    for (const messages of [1, 10]) {
      bench.report(`  among ${count} people, ${messages} messages each`);
      figures[`among ${count}, ${messages} each`] = await withStorage(bench, (storage) =>
        purgeAmong(storage, { others: count, people, messages }),
      );
    }
  }
  return figures;
}

async function purgeAmong(
  { db, ring }: Storage,
  { others, people, messages }: { others: number; people: number; messages: number },
): Promise<PurgeFigures> {
  const each = Math.ceil(people / LEFT.length);
  for (const bucket of LEFT) {
    await insertSilentPeople(db, ring, { count: each, days: DAYS, messages, bucket });
  }
  await insertOtherPeople(db, { count: others, notIn: LEFT });
  const purgeId = randomUUID();
  await beginPurge(db, { purgeId, hour: 1 });
  const buckets = Array.from({ length: BUCKETS }, (_, bucket) => bucket);
  const begun = nowMs();
  const since = purgedWhenSilentSince(new Date());
  const taken = await takeSilentPeople(db, { purgeId, buckets, since }, () => undefined);
  const took = nowMs();
  await eraseTaken(db, purgeId, () => undefined);
  const erased = nowMs();
  const now = new Date();
  const overdue = await countOverdue(db, {
    since: overdueWhenSilentSince(now),
    heldSince: excusedWhenHeldSince(now),
  });
  if (taken !== each * LEFT.length || overdue > 0) throw new Error('the purge did not take all');
  return {
    others,
    people: taken,
    messagesEach: messages,
    takeMs: round(took - begun),
    rowsMs: round(erased - took),
    peoplePerSecond: round((taken * 1000) / (erased - begun)),
    overdueQueryMs: round(nowMs() - erased),
  };
}
