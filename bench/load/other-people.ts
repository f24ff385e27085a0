import { sql } from 'kysely';
import type { Database } from '../../store/database.ts';

const BATCH = 50_000;

/**
 * People who wrote today and have nothing to do with what is measured: a row in each place, of the usual sizes, made by
 * the database itself. Their keys open nothing, so they lie in every bucket but those given, which are rewrapped.
 */
export async function insertOtherPeople(
  db: Database,
  { count, notIn }: { count: number; notIn: readonly number[] },
): Promise<void> {
  for (let left = count; left > 0; left -= BATCH) {
    const size = Math.min(left, BATCH);
    await db.transaction().execute(async (trx) => {
      await sql`SET LOCAL statement_timeout = 0`.execute(trx);
      await sql`SET LOCAL synchronous_commit = off`.execute(trx);
      await sql`CREATE TEMPORARY TABLE other ON COMMIT DROP AS
        SELECT gen_random_uuid() AS id, gen_random_uuid() AS session, gen_random_uuid() AS reply, gen_random_uuid() AS message
        FROM generate_series(1, ${size}::integer)`.execute(trx);
      for (const insert of INSERTS) await insert(notIn).execute(trx);
    });
  }
  await sql`ANALYZE`.execute(db);
}

const SEALED = sql.raw(`decode(repeat(md5(random()::text), 3), 'hex')`);
const BLOCK = sql.raw(`decode(md5(random()::text), 'hex')`);

const INSERTS = [
  () => sql`INSERT INTO mayfly.subjects (id, channel, account, last_inbound_at)
    SELECT id, 'whatsapp', 'account', now() FROM other`,
  (notIn: readonly number[]) => sql`
    INSERT INTO keys.subject_keys (subject_id, bucket, bucket_version, wrapped_key)
    SELECT id, free[1 + floor(random() * cardinality(free))], 1, ${SEALED}
    FROM other, (SELECT array_agg(b::smallint) AS free FROM generate_series(0, 1023) AS b
      WHERE b <> ALL (${notIn}::int[])) AS buckets`,
  () => sql`INSERT INTO keys.identifiers (bucket, bucket_version, block, subject_id, kind)
    SELECT floor(random() * 1024), 1, ${BLOCK}, id, kind
    FROM other, unnest(ARRAY['whatsapp phone', 'whatsapp user id']) AS kind`,
  () => sql`INSERT INTO mayfly.sessions (id, subject_id, policy_version)
    SELECT session, id, '2026-11-24' FROM other`,
  () => sql`INSERT INTO mayfly.addresses (subject_id, sealed_address, window_closes_at)
    SELECT id, ${SEALED}, now() + interval '1 day' FROM other`,
  () => sql`INSERT INTO mayfly.replies (id, subject_id, session_id, turn, origin, action)
    SELECT reply, id, session, 1, 'model', 'continue' FROM other`,
  () => sql`INSERT INTO mayfly.messages (id, subject_id, session_id, reply_id, fingerprint, kind, sealed_text, sent_at)
    SELECT message, id, session, reply, ${BLOCK}, 'text', ${SEALED}, now() FROM other`,
  () => sql`INSERT INTO mayfly.deliveries (id, subject_id, reply_id, part, state, sealed_text, fingerprint)
    SELECT gen_random_uuid(), id, reply, 0, 'confirmed', ${SEALED}, ${BLOCK} FROM other`,
] as const;
