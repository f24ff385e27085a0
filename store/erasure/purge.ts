import { sql } from 'kysely';
import { lockBucketAlone, tryLockBucketsAlone } from '../keys/bucket-locks.ts';
import type { Database, InTransaction } from '../database.ts';
import { dropFoundOfNobody } from './erasure-record.ts';
import { isHeld } from './holds.ts';
import { inTransaction } from '../transaction.ts';

/** The most people and buckets that one transaction takes: while it runs, nobody else in these buckets is found. */
const PEOPLE = 1_000;
const BUCKETS = 32;

export interface Silence {
  purgeId: string;
  /** Buckets of keys to look into. */
  buckets: readonly number[];
  /** People who have not written since then are taken. */
  since: Date;
}

/**
 * Who may be taken. Someone who is being erased on request is left to that erasure, which counts for their certificate;
 * someone whom the law keeps stays. A hold is placed under a lock of the bucket, so that it is seen here or comes too late.
 */
const mayBeTaken = (since: Date) =>
  sql`s.last_inbound_at < ${since} AND s.erasing_at IS NULL AND NOT ${isHeld(sql.ref('s.id'))}`;

/**
 * Takes everybody who has been silent for too long: they are no longer found, and their key and identifiers are
 * deleted. What is left of them says so by its `purge_id`, for the call that finishes the work. Calls `onTaken` after
 * each commit, and returns how many were taken.
 */
export async function takeSilentPeople(
  db: Database,
  silence: Silence,
  onTaken: (subjectIds: readonly string[]) => void,
): Promise<number> {
  let people = 0;
  const taken = (subjectIds: readonly string[]) => {
    people += subjectIds.length;
    onTaken(subjectIds);
  };
  const busy: number[] = [];
  for (const buckets of groupsOf(await silentPeopleByBucket(db, silence))) {
    const locked = await takeFrom(db, silence, (trx) => tryLockBucketsAlone(trx, buckets), taken);
    busy.push(...buckets.filter((bucket) => !locked.includes(bucket)));
  }
  // One at a time: two transactions that each wait for a bucket while holding another could wait for each other.
  for (const bucket of busy) {
    await takeFrom(
      db,
      silence,
      async (trx) => (await lockBucketAlone(trx, bucket), [bucket]),
      taken,
    );
  }
  taken(await inTransaction(db, (trx) => takePeopleWithoutKey(trx, silence)));
  return people;
}

/** One query for all buckets, so that those in which nobody is due are not even locked. */
async function silentPeopleByBucket(
  db: Database,
  { buckets, since }: Silence,
): Promise<{ bucket: number; people: number }[]> {
  const { rows } = await sql<{ bucket: number; people: number }>`
    SELECT k.bucket, count(*)::integer AS people FROM keys.subject_keys k JOIN mayfly.subjects s ON s.id = k.subject_id
    WHERE k.bucket = ANY(${buckets}::smallint[]) AND ${mayBeTaken(since)}
    GROUP BY k.bucket ORDER BY k.bucket`.execute(db);
  return rows;
}

/** Buckets that are visited together: most have few people to take, and each visit costs a commit. */
function groupsOf(counts: readonly { bucket: number; people: number }[]): number[][] {
  const groups: number[][] = [];
  let room = 0;
  for (const { bucket, people } of counts) {
    const last = groups.at(-1);
    if (last === undefined || last.length === BUCKETS || people > room) {
      groups.push([bucket]);
      room = PEOPLE;
    } else last.push(bucket);
    room -= people;
  }
  return groups;
}

/** Takes everybody who is due from the buckets that could be locked, and returns which those were. */
async function takeFrom(
  db: Database,
  { purgeId, since }: Silence,
  lock: (trx: InTransaction) => Promise<number[]>,
  onTaken: (subjectIds: readonly string[]) => void,
): Promise<number[]> {
  for (;;) {
    const { locked, taken } = await inTransaction(db, async (trx) => {
      // Alone: a transaction that is storing a message of someone in there commits first, and that person stays. A
      // later one finds no key; Meta's webhook is then refused, repeated, and makes a new person of the sender.
      const buckets = await lock(trx);
      const { rows } = await sql<{ id: string }>`
        UPDATE mayfly.subjects SET erasing_at = now(), purge_id = ${purgeId}, wake_since = NULL, wake_taken_at = NULL
        WHERE id = ANY (ARRAY(
          SELECT s.id FROM keys.subject_keys k JOIN mayfly.subjects s ON s.id = k.subject_id
          WHERE k.bucket = ANY(${buckets}::smallint[]) AND ${mayBeTaken(since)}
          LIMIT ${PEOPLE} FOR UPDATE OF s
        )) RETURNING id`.execute(trx);
      const subjectIds = rows.map(({ id }) => id);
      // No tombstones: they guard against webhooks from before, and Meta repeats those for seven days, not for months.
      await deleteKeys(trx, subjectIds);
      return { locked: buckets, taken: subjectIds };
    });
    onTaken(taken);
    if (taken.length < PEOPLE) return locked;
  }
}

/** People whose key is gone already, as after restoring an old copy of the data: nobody could read them any more. */
async function takePeopleWithoutKey(
  trx: InTransaction,
  { purgeId, since }: Silence,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    UPDATE mayfly.subjects AS s SET erasing_at = now(), purge_id = ${purgeId}, wake_since = NULL, wake_taken_at = NULL
    WHERE ${mayBeTaken(since)} AND NOT EXISTS (SELECT FROM keys.subject_keys k WHERE k.subject_id = s.id)
    RETURNING s.id`.execute(trx);
  const taken = rows.map(({ id }) => id);
  await deleteKeys(trx, taken);
  return taken;
}

async function deleteKeys(trx: InTransaction, subjectIds: readonly string[]): Promise<void> {
  if (subjectIds.length === 0) return;
  await sql`DELETE FROM keys.identifiers WHERE subject_id = ANY(${subjectIds}::uuid[])`.execute(
    trx,
  );
  await sql`DELETE FROM keys.subject_keys WHERE subject_id = ANY(${subjectIds}::uuid[])`.execute(
    trx,
  );
}

/** People whom a purge took and whose rows are still there, in the order of their ids; from `after` on. */
export async function findTaken(
  db: Database,
  limit: number,
  after: string | null = null,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM mayfly.subjects
    WHERE purge_id IS NOT NULL AND (${after}::uuid IS NULL OR id > ${after}::uuid)
    ORDER BY id LIMIT ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * Removes what a crash or a restore may have left: identifiers that lead to nobody, in the buckets given, and what
 * should have gone when a request was closed. Returns how many rows that was.
 */
export async function clearLeftovers(db: Database, buckets: readonly number[]): Promise<number> {
  return inTransaction(db, async (trx) => {
    const stray = await sql<{ subject_id: string }>`
      DELETE FROM keys.identifiers i
      WHERE i.bucket = ANY(${buckets}::smallint[]) AND NOT EXISTS (SELECT FROM mayfly.subjects s WHERE s.id = i.subject_id)
      RETURNING i.subject_id`.execute(trx);
    const owners = stray.rows.map(({ subject_id }) => subject_id);
    const records = await dropFoundOfNobody(trx);
    const gone = await Promise.all([
      sql`DELETE FROM keys.subject_keys k USING mayfly.requests r
        WHERE r.id = k.subject_id AND r.closed_at IS NOT NULL`.execute(trx),
      sql`DELETE FROM keys.subject_keys WHERE subject_id = ANY(${owners}::uuid[])`.execute(trx),
      sql`DELETE FROM mayfly.request_subjects s USING mayfly.requests r
        WHERE r.id = s.request_id AND r.closed_at IS NOT NULL`.execute(trx),
      sql`UPDATE mayfly.requests SET sealed_contact = NULL, sealed_phrase = NULL
        WHERE closed_at IS NOT NULL AND (sealed_contact IS NOT NULL OR sealed_phrase IS NOT NULL)`.execute(
        trx,
      ),
    ]);
    return gone.reduce(
      (sum, { numAffectedRows }) => sum + Number(numAffectedRows ?? 0),
      owners.length + records,
    );
  });
}
