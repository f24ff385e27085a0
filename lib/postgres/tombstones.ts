import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import type { PersonReference } from '../../domain/events.ts';
import { POLICY } from '../../domain/policy.ts';
import { IdentifierIndex } from '../crypto/identifier-index.ts';
import type { KeyRing } from '../crypto/key-ring.ts';
import { openBlock } from '../crypto/rewrap.ts';
import type { Database, InTransaction } from './database.ts';

const DAY_MS = 86_400_000;

/**
 * Remembers for eight days that someone was erased, so that a webhook from before cannot bring them back (policy D4).
 * What is remembered is a hash under a key of the day, and that key is destroyed after eight days.
 */
export class Tombstones {
  readonly #ring: KeyRing;
  readonly #index: IdentifierIndex;

  constructor(ring: KeyRing) {
    this.#ring = ring;
    this.#index = new IdentifierIndex(ring);
  }

  /** Puts up a stone for each identifier that leads to the subject. Repeating it does not move the time. */
  async bury(trx: InTransaction, subjectId: string, now: Date): Promise<void> {
    const rows = await trx
      .selectFrom('keys.identifiers')
      .select(['bucket', 'bucket_version', 'block'])
      .where('subject_id', '=', subjectId)
      .execute();
    if (rows.length === 0) return;
    const { version: day, key } = this.#ring.ensureDayKey(dayOf(now));
    const stones = rows.map(({ bucket, bucket_version: version, block }) => ({
      day: Number(day),
      hash: stone(key, openBlock(this.#ring, { bucket, version: BigInt(version), block })),
    }));
    await trx.insertInto('mayfly.tombstones').values(stones).onConflict((conflict) => conflict.doNothing()).execute();
  }

  /** When the person behind these identifiers was last erased, as far as we still know; null when they were not. */
  async lastErasure(trx: InTransaction, { account, identifiers }: PersonReference): Promise<Date | null> {
    const days = this.#ring.dayKeys();
    if (days.length === 0) return null;
    const hashes = identifiers.map((identifier) => this.#index.hashOf(account, identifier));
    const stones = days.flatMap(({ key }) => hashes.map((hash) => stone(key, hash)));
    const { at } = await trx
      .selectFrom('mayfly.tombstones')
      .select((eb) => eb.fn.max<Date | null>('erased_at').as('at'))
      .where('hash', '=', sql<Buffer>`ANY(${stones}::bytea[])`)
      .executeTakeFirstOrThrow();
    return at;
  }

  /** Removes stones that have stood for long enough, and destroys their keys; returns how many there were. */
  async clear(db: Database, now: Date): Promise<number> {
    const oldest = dayOf(new Date(now.getTime() - POLICY.tombstoneMs));
    this.#ring.destroyDayKeysBefore(oldest);
    const result = await db.deleteFrom('mayfly.tombstones').where('day', '<', Number(oldest)).executeTakeFirst();
    return Number(result.numDeletedRows);
  }
}

function dayOf(time: Date): bigint {
  return BigInt(Math.floor(time.getTime() / DAY_MS));
}

function stone(key: Buffer, hash: Buffer): Buffer {
  return createHmac('sha256', key).update(hash).digest().subarray(0, 16);
}
