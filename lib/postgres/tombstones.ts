import { createHash, createHmac } from 'node:crypto';
import { sql } from 'kysely';
import type { PersonReference } from '../../domain/events.ts';
import { POLICY } from '../../domain/policy.ts';
import { IdentifierIndex } from '../crypto/identifier-index.ts';
import type { KeyRing } from '../crypto/key-ring.ts';
import { openBlock } from '../crypto/rewrap.ts';
import { openSubjectKey } from '../crypto/subject-cipher.ts';
import { lockBucketOf } from './bucket-locks.ts';
import type { Database, InTransaction } from './database.ts';
import { inTransaction } from './transaction.ts';

const DAY_MS = 86_400_000;
const SECOND_MS = 1000;
/** The advisory lock under which keys of days change. */
const DAY_KEY = 0x6d61_0004;

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

  /**
   * Puts up a stone for each identifier that leads to the subject, and for each message of the second in which they are
   * erased: WhatsApp tells whole seconds, so that only its id says whether a message of that second is an old one.
   */
  async bury(trx: InTransaction, subjectId: string, erasedAt: Date): Promise<void> {
    const identifiers = await trx
      .selectFrom('keys.identifiers')
      .select(['bucket', 'bucket_version', 'block'])
      .where('subject_id', '=', subjectId)
      .execute();
    if (identifiers.length === 0) return;
    // Two processes that both found no key of the day would both make one.
    await lockDayKeys(trx);
    const { version: day, key } = this.#ring.ensureDayKey(dayOf(new Date()));
    const hashes = [
      ...identifiers.map(({ bucket, bucket_version: version, block }) =>
        stone(key, openBlock(this.#ring, { bucket, version: BigInt(version), block })),
      ),
      ...(await this.#latestMessages(trx, subjectId, erasedAt)).map((id) =>
        stone(key, hashOfMessage(id)),
      ),
    ];
    await trx
      .insertInto('mayfly.tombstones')
      .values(hashes.map((hash) => ({ day: Number(day), hash, erased_at: erasedAt })))
      // Who is erased a second time on one day is guarded from the second time on.
      .onConflict((conflict) =>
        conflict.columns(['day', 'hash']).doUpdateSet((eb) => ({
          erased_at: sql<Date>`greatest(${eb.ref('mayfly.tombstones.erased_at')}, ${eb.ref('excluded.erased_at')})`,
          put_up_at: sql`now()`,
        })),
      )
      .execute();
  }

  async #latestMessages(trx: InTransaction, subjectId: string, erasedAt: Date): Promise<string[]> {
    const wrapped = await lockBucketOf(trx, subjectId);
    if (wrapped === null) return [];
    const cipher = openSubjectKey(this.#ring, subjectId, wrapped);
    const rows = await trx
      .selectFrom('mayfly.messages')
      .select(['id', 'sealed_provider_id'])
      .where('subject_id', '=', subjectId)
      .where('sent_at', '>', new Date(erasedAt.getTime() - SECOND_MS))
      .execute();
    return rows.flatMap(({ id, sealed_provider_id: sealed }) =>
      sealed === null ? [] : [cipher.open('messages.sealed_provider_id', id, sealed)],
    );
  }

  /** When the person behind these identifiers was last erased, as far as we still know; null when they were not. */
  async lastErasure(
    trx: InTransaction,
    { account, identifiers }: PersonReference,
  ): Promise<Date | null> {
    return this.#newestStone(
      trx,
      identifiers.flatMap((identifier) => this.#index.hashesOf(account, identifier)),
    );
  }

  /** Whether this message was one of the last that an erased person had sent. */
  async isBuried(trx: InTransaction, providerId: string): Promise<boolean> {
    return (await this.#newestStone(trx, [hashOfMessage(providerId)])) !== null;
  }

  async #newestStone(trx: InTransaction, hashes: readonly Buffer[]): Promise<Date | null> {
    const days = this.#ring.dayKeys();
    if (days.length === 0) return null;
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
}

/** Only one process at a time makes, moves or destroys keys of days, until the transaction ends. */
export async function lockDayKeys(trx: InTransaction): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${DAY_KEY})`.execute(trx);
}

function dayOf(time: Date): bigint {
  return BigInt(Math.floor(time.getTime() / DAY_MS));
}

/** Never stored as it is: a message id of WhatsApp tells the phone number. */
function hashOfMessage(providerId: string): Buffer {
  return createHash('sha256').update(providerId).digest();
}

function stone(key: Buffer, hash: Buffer): Buffer {
  return createHmac('sha256', key).update(hash).digest().subarray(0, 16);
}
