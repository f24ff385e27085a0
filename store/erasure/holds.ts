import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { HoldReason } from '../../domain/staff.ts';
import { lockBucketOf } from '../keys/bucket-locks.ts';
import type { Database, InTransaction } from '../database.ts';
import { appendLedger } from '../ledger/ledger.ts';

/** Whom to hold, why and until when, and which member of staff says so. */
export interface HoldWish {
  subjectId: string;
  reason: HoldReason;
  until: Date;
  /** A pseudonym. */
  by: string;
}

/** What became of a wish to hold somebody. */
export type HoldResult =
  | 'proposed'
  | 'own proposal'
  | 'placed'
  | 'placed before'
  /** A member of staff had proposed to lift it, and that is off. */
  | 'kept'
  | 'not known'
  | 'too late';

/**
 * Whether the subject with this id may not be forgotten now. A hold that has expired is none, whether or not that has
 * been noted.
 */
export function isHeld(subjectId: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`EXISTS (
    SELECT FROM mayfly.holds h WHERE h.subject_id = ${subjectId} AND h.confirmed_at IS NOT NULL
      AND h.lifted_at IS NULL AND h.expires_at > clock_timestamp()
  )`;
}

/** The hold that keeps somebody longest; undefined when none does. */
export async function findHold(
  db: Database | InTransaction,
  subjectId: string,
): Promise<{ until: Date; reason: string } | undefined> {
  return db
    .selectFrom('mayfly.holds')
    .select(['expires_at as until', 'reason'])
    .where('subject_id', '=', subjectId)
    .where('confirmed_at', 'is not', null)
    .where('lifted_at', 'is', null)
    .where('expires_at', '>', sql<Date>`clock_timestamp()`)
    .orderBy('expires_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/**
 * The point of no return of an erasure: null when nothing holds the person, and from then on nothing can; otherwise
 * until when they are held. A hold is confirmed under the same lock, so that it comes before this or is refused.
 */
export async function beginDestroying(trx: InTransaction, subjectId: string): Promise<Date | null> {
  // A statement of its own: the next one must see what was committed while this one waited.
  await trx
    .selectFrom('mayfly.subjects')
    .select('id')
    .where('id', '=', subjectId)
    .forUpdate()
    .execute();
  const hold = await findHold(trx, subjectId);
  if (hold !== undefined) return hold.until;
  await trx
    .updateTable('mayfly.subjects')
    .set({ destroying_at: sql`coalesce(destroying_at, now())` })
    .where('id', '=', subjectId)
    .execute();
  return null;
}

/** One member of staff proposes a hold, another one confirms it with the same words; other words are a new proposal. */
export async function holdSubject(trx: InTransaction, wish: HoldWish): Promise<HoldResult> {
  const obstacle = await lockHoldable(trx, wish.subjectId);
  if (obstacle !== null) return obstacle;
  const { subjectId, reason, until, by } = wish;
  const rows = await trx
    .selectFrom('mayfly.holds')
    .select(['id', 'reason', 'expires_at', 'proposed_by', 'confirmed_at', 'lift_proposed_by'])
    .where('subject_id', '=', subjectId)
    .where('lifted_at', 'is', null)
    .execute();
  const says = (row: (typeof rows)[number]) =>
    row.reason === reason && row.expires_at.getTime() === until.getTime();
  const placed = rows.find((row) => row.confirmed_at !== null && says(row));
  if (placed !== undefined) return keepHold(trx, placed);
  const proposal = rows.find((row) => row.confirmed_at === null);
  if (proposal === undefined) {
    await trx
      .insertInto('mayfly.holds')
      .values({
        id: randomUUID(),
        subject_id: subjectId,
        reason,
        expires_at: until,
        proposed_by: by,
      })
      .execute();
    return 'proposed';
  }
  const change = trx.updateTable('mayfly.holds').where('id', '=', proposal.id);
  if (!says(proposal)) {
    const proposed = { proposed_by: by, proposed_at: sql<Date>`now()` };
    await change.set({ reason, expires_at: until, ...proposed }).execute();
    return 'proposed';
  }
  if (proposal.proposed_by === by) return 'own proposal';
  await change.set({ confirmed_by: by, confirmed_at: sql`now()` }).execute();
  return 'placed';
}

/**
 * Locks somebody against anything that could destroy what is to be held: the purge locks the bucket alone, an erasure
 * the row. Returns what speaks against holding them, if anything does.
 */
async function lockHoldable(
  trx: InTransaction,
  subjectId: string,
): Promise<'not known' | 'too late' | null> {
  const key = await lockBucketOf(trx, subjectId);
  const subject = await trx
    .selectFrom('mayfly.subjects')
    .select(['destroying_at', 'purge_id'])
    .where('id', '=', subjectId)
    .forUpdate()
    .executeTakeFirst();
  if (subject === undefined) return 'not known';
  const isGoing = key === null || subject.destroying_at !== null || subject.purge_id !== null;
  return isGoing ? 'too late' : null;
}

/** A member of staff who asks again for a hold that counts already wants it kept: a proposal to lift it is off. */
async function keepHold(
  trx: InTransaction,
  hold: { id: string; lift_proposed_by: string | null },
): Promise<'placed before' | 'kept'> {
  if (hold.lift_proposed_by === null) return 'placed before';
  await trx
    .updateTable('mayfly.holds')
    .set({ lift_proposed_by: null })
    .where('id', '=', hold.id)
    .execute();
  return 'kept';
}

/** Notes once of each expired hold that it has ended, and forgets proposals that nobody confirmed in time. */
export async function endExpiredHolds(trx: InTransaction): Promise<void> {
  const isOver = sql<boolean>`expires_at <= clock_timestamp()`;
  const ended = await trx
    .updateTable('mayfly.holds')
    .set((eb) => ({ lifted_at: eb.ref('expires_at') }))
    .where('confirmed_at', 'is not', null)
    .where('lifted_at', 'is', null)
    .where(isOver)
    .returning('subject_id')
    .execute();
  await trx.deleteFrom('mayfly.holds').where('confirmed_at', 'is', null).where(isOver).execute();
  const people = new Set(ended.map((row) => row.subject_id)).size;
  if (people === 0) return;
  await appendLedger(trx, { actorRole: 'system', action: 'hold lifted', details: { people } });
}

/** How many people are held now. */
export async function countHeld(db: Database): Promise<number> {
  const { rows } = await sql<{ people: number }>`
    SELECT count(*)::integer AS people FROM mayfly.subjects s WHERE ${isHeld(sql.ref('s.id'))}`.execute(
    db,
  );
  return rows[0]?.people ?? 0;
}
