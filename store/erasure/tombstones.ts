import { LOCKS } from '../locks.ts';
import { DAY_MS } from '../../domain/durations.ts';
import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import type { PersonReference } from '../../domain/events.ts';
import { POLICY } from '../../domain/policy.ts';
import { SCHEDULES } from '../../domain/schedules.ts';
import { IdentifierIndex } from '../../lib/crypto/identifier-index.ts';
import type { KeyRing } from '../../lib/crypto/key-ring.ts';
import { openBlock } from '../../lib/crypto/rewrap.ts';
import { openSubjectKey } from '../../lib/crypto/subject-cipher.ts';
import { lockBucketOf } from '../keys/bucket-locks.ts';
import type { Database, InTransaction } from '../database.ts';
import type { Mark } from './marks.ts';
import { marksOfSubject } from './marks-of-subject.ts';
import { inTransaction } from '../transaction.ts';

/** Since when a stone guards: null when none stands for this mark. */
export type FindStone = (mark: Mark) => Date | null;

/**
 * Remembers for eight days that someone was erased, so that no webhook can bring them back (policy D4): one from before
 * is told by its time, and one about a message from before by that message's id, because the clock that stamps a
 * webhook may run ahead of ours. What is remembered is a hash under a key of the day, and that key is destroyed after
 * eight days.
 */
export class Tombstones {
  readonly #ring: KeyRing;
  readonly #index: IdentifierIndex;

  constructor(ring: KeyRing) {
    this.#ring = ring;
    this.#index = new IdentifierIndex(ring);
  }

  /**
   * Puts up a stone for each identifier that leads to the subject, and for each message of theirs and to them that Meta
   * may still tell us of. Returns when the key of these stones is gone at the latest; null when none was put up.
   */
  async bury(trx: InTransaction, subjectId: string, erasedAt: Date): Promise<Date | null> {
    const identifiers = await trx
      .selectFrom('keys.identifiers')
      .select(['bucket', 'bucket_version', 'block'])
      .where('subject_id', '=', subjectId)
      .execute();
    const persons = identifiers.map(({ bucket, bucket_version: version, block }) =>
      openBlock(this.#ring, { bucket, version: BigInt(version), block }),
    );
    const wrapped = await lockBucketOf(trx, subjectId);
    const messages =
      wrapped === null
        ? []
        : await marksOfSubject(trx, openSubjectKey(this.#ring, subjectId, wrapped), persons);
    return this.putUp(trx, [...persons, ...messages], erasedAt);
  }

  /**
   * Puts up stones for these marks, or renews them: a person who is erased a second time is guarded from the second
   * time on. Returns when their key is gone at the latest; null when there was no mark.
   */
  async putUp(trx: InTransaction, marks: readonly Mark[], since: Date): Promise<Date | null> {
    if (marks.length === 0) return null;
    const { version: day, key } = await this.#today(trx);
    const hashes = new Map(
      marks.map((mark) => stone(key, mark)).map((hash) => [hash.toString('hex'), hash]),
    );
    await sql`
      INSERT INTO mayfly.tombstones AS t (day, hash, erased_at)
      SELECT ${Number(day)}, hash, ${since} FROM unnest(${[...hashes.values()]}::bytea[]) AS given (hash)
      ON CONFLICT (day, hash) DO UPDATE
      SET erased_at = greatest(t.erased_at, excluded.erased_at), put_up_at = now()`.execute(trx);
    return guardEndsAt(day);
  }

  /** The marks of a person, one for each of their identifiers in each of its spellings. */
  marksOf({ account, identifiers }: Pick<PersonReference, 'account' | 'identifiers'>): Mark[] {
    return identifiers.flatMap((identifier) => this.#index.hashesOf(account, identifier));
  }

  /** Looks all these marks up with one query. */
  async find(trx: InTransaction, marks: readonly Mark[]): Promise<FindStone> {
    const days = marks.length === 0 ? [] : this.#ring.dayKeys();
    if (days.length === 0) return () => null;
    const stonesOf = (mark: Mark) => days.map(({ key }) => stone(key, mark));
    const { rows } = await sql<{ hash: Buffer; erased_at: Date }>`
      SELECT hash, max(erased_at) AS erased_at FROM mayfly.tombstones
      WHERE hash = ANY(${marks.flatMap(stonesOf)}::bytea[]) GROUP BY hash`.execute(trx);
    const standing = new Map(rows.map((row) => [row.hash.toString('hex'), row.erased_at]));
    return (mark) =>
      stonesOf(mark)
        .flatMap((hash) => standing.get(hash.toString('hex')) ?? [])
        .reduce<Date | null>((latest, at) => (latest === null || at > latest ? at : latest), null);
  }

  /** Removes stones that have stood for long enough, and destroys their keys; returns how many there were. */
  async clear(db: Database, now: Date): Promise<number> {
    const oldest = oldestDayAt(now);
    await inTransaction(db, async (trx) => {
      await lockDayKeys(trx);
      this.#ring.destroyDayKeysBefore(oldest);
    });
    const result = await db
      .deleteFrom('mayfly.tombstones')
      .where('day', '<', Number(oldest))
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }

  async #today(trx: InTransaction) {
    const today = dayOf(new Date());
    const known = this.#ring.dayKeys().find(({ version }) => version === today);
    if (known !== undefined) return known;
    // Two processes that both found no key of the day would both make one.
    await lockDayKeys(trx);
    return this.#ring.ensureDayKey(today);
  }
}

/** Only one process at a time makes, moves or destroys keys of days, until the transaction ends. */
export async function lockDayKeys(trx: InTransaction): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${LOCKS.dayKey})`.execute(trx);
}

/** The first day whose key still stands at this time: the keys of earlier days are destroyed. */
function oldestDayAt(now: Date): bigint {
  return dayOf(new Date(now.getTime() - POLICY.tombstoneMs));
}

/**
 * When the key of a day is gone at the latest: `oldestDayAt` passes the day eight days after its end, and the schedule that
 * destroys keys comes by then, once more if a run failed.
 */
function guardEndsAt(day: bigint): Date {
  const { everyMs, runTimeoutMs } = SCHEDULES.reconcileRequests;
  return new Date((Number(day) + 1) * DAY_MS + POLICY.tombstoneMs + 2 * everyMs + runTimeoutMs);
}

/** The same for a guard that was put up by this time, of which only that is known. */
export function guardEndsFor(time: Date): Date {
  return guardEndsAt(dayOf(time));
}

function dayOf(time: Date): bigint {
  return BigInt(Math.floor(time.getTime() / DAY_MS));
}

function stone(key: Buffer, mark: Mark): Buffer {
  return createHmac('sha256', key).update(mark).digest().subarray(0, 16);
}
