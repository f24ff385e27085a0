import { LOCKS } from '../locks.ts';
import { sql } from 'kysely';
import type { FileKeyRing } from '../../lib/crypto/file-key-ring.ts';
import { BUCKETS } from '../../lib/crypto/key-ring.ts';
import { lockBucketAlone, tryLockBucketsAlone } from './bucket-locks.ts';
import type { Database, InTransaction } from '../database.ts';
import { appendLedger } from '../ledger/ledger.ts';
import { rewrapBucket } from './rewrap-bucket.ts';
import { lockDayKeys } from '../erasure/tombstones.ts';
import { inTransaction } from '../transaction.ts';

/** Buckets that are moved together: the disk is synced twice for all of them, and meanwhile nobody is found in them. */
const TOGETHER = 32;

/**
 * Gives the ring a new root key when the one it has is older than allowed: everything is moved under the new one, then
 * the old one is overwritten (policy S2). Killed anywhere, the next call goes on where it was; other processes that have
 * the ring open go on all the time. Returns whether the root key was replaced.
 */
export async function rotateRootKey(
  db: Database,
  ring: FileKeyRing,
  { now, allowedAgeMs }: { now: Date; allowedAgeMs: number },
): Promise<'kept' | 'replaced'> {
  const move = ring.rootKeyMove;
  const isDue = await alone(db, () => move.begin(now, allowedAgeMs));
  if (!isDue) return 'kept';
  await alone(db, () => move.moveSecrets());
  await inTransaction(db, async (trx) => {
    await lockDayKeys(trx);
    move.moveDays();
  });
  for (let first = 0; first < BUCKETS; first += TOGETHER) {
    const buckets = Array.from({ length: TOGETHER }, (_, place) => first + place);
    await moveBuckets(db, ring, buckets);
  }
  // Written down before the old key is gone: a crash in between is made good by the next call, which finds the entry.
  await alone(db, (trx) => {
    move.refuseIfLeftBehind();
    return writeDown(trx, move.generation());
  });
  await alone(db, () => move.end());
  return 'replaced';
}

async function moveBuckets(
  db: Database,
  ring: FileKeyRing,
  buckets: readonly number[],
): Promise<void> {
  const move = ring.rootKeyMove;
  const { locked, unfinished } = await inTransaction(db, async (trx) => {
    const free = await tryLockBucketsAlone(trx, buckets);
    return { locked: free, unfinished: move.moveBuckets(free) };
  });
  // One at a time: two transactions that each wait for a bucket while holding another could wait for each other.
  for (const bucket of buckets.filter((one) => !locked.includes(one)).concat(unfinished)) {
    while ((await moveOne(db, ring, bucket)) === 'unfinished') await rewrapBucket(db, ring, bucket);
  }
}

function moveOne(db: Database, ring: FileKeyRing, bucket: number): Promise<'moved' | 'unfinished'> {
  return inTransaction(db, async (trx) => {
    await lockBucketAlone(trx, bucket);
    return ring.rootKeyMove.moveBuckets([bucket]).length === 0 ? 'moved' : 'unfinished';
  });
}

/** Only one process at a time takes such a step. */
function alone<T>(db: Database, step: (trx: InTransaction) => T | Promise<T>): Promise<T> {
  return inTransaction(db, async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(${LOCKS.rootKey})`.execute(trx);
    return step(trx);
  });
}

/**
 * Once for each root key, however often this step is repeated. Only the last entry tells: a ring that was made anew counts
 * from one again, and what an earlier ring did is not its work.
 */
async function writeDown(trx: InTransaction, generation: number): Promise<void> {
  const details = { generation };
  const last = await trx
    .selectFrom('mayfly.ledger')
    .select('details')
    .where('action', '=', 'root key replaced')
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last?.details['generation'] !== generation)
    await appendLedger(trx, { actorRole: 'system', action: 'root key replaced', details });
}
