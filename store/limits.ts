import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import type { KeyRing } from '../lib/crypto/key-ring.ts';
import type { Database } from './database.ts';

/** How much of something each of those it is counted for may have in one window of time. */
export interface Limit {
  name: string;
  most: number;
  windowMs: number;
}

/** Counts no further than this, however often somebody comes. */
const ENOUGH = 1_000_000;

/**
 * Counts over all processes. Those who take something are kept as a hash under a key of the key ring, so that a reader
 * of the database cannot ask who was here, and are forgotten once the window is over.
 */
export class Limits {
  readonly #db: Database;
  readonly #pepper: Buffer;

  constructor(db: Database, ring: KeyRing) {
    this.#db = db;
    this.#pepper = ring.secret('identifier pepper');
  }

  /** Takes one for them: null when they may have it, else the milliseconds until they may have the next. */
  async take({ name, most, windowMs }: Limit, whose: string): Promise<number | null> {
    const hash = createHmac('sha256', this.#pepper)
      .update(JSON.stringify(['limit', name, whose]))
      .digest()
      .subarray(0, 16);
    const { rows } = await sql<{ taken: number; left_ms: number }>`
      INSERT INTO mayfly.limits AS l (hash, taken, ends_at)
      VALUES (${hash}, 1, clock_timestamp() + ${windowMs}::float8 * interval '1 millisecond')
      ON CONFLICT (hash) DO UPDATE SET
        taken = CASE WHEN l.ends_at <= clock_timestamp() THEN 1 ELSE least(l.taken + 1, ${ENOUGH}) END,
        ends_at = CASE WHEN l.ends_at <= clock_timestamp() THEN excluded.ends_at ELSE l.ends_at END
      RETURNING taken, (extract(epoch FROM ends_at - clock_timestamp()) * 1000)::float8 AS left_ms`.execute(
      this.#db,
    );
    const [row] = rows;
    if (row === undefined) throw new Error('taking one always counts it');
    return row.taken <= most ? null : Math.max(1, Math.ceil(row.left_ms));
  }
}

/** Forgets who took something in a window that is over; returns how many there were. */
export async function forgetEndedLimits(db: Database): Promise<number> {
  const result = await db
    .deleteFrom('mayfly.limits')
    .where('ends_at', '<=', sql<Date>`clock_timestamp()`)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
