import { sql } from 'kysely';
import type { SubjectKeyCache } from '../../lib/crypto/subject-key-cache.ts';
import type { Database } from '../database.ts';

/**
 * Drops the opened keys of people who were erased since, whichever process did it (policy D3). A database that cannot be
 * asked vouches for nobody: then all of them go, and are opened again when they are needed.
 */
export async function forgetErasedKeys(
  db: Database,
  cache: Pick<SubjectKeyCache, 'subjectIds' | 'evict'>,
): Promise<void> {
  const held = cache.subjectIds();
  if (held.length === 0) return;
  for (const subjectId of await erasedAmong(db, held).catch(() => held)) cache.evict(subjectId);
}

async function erasedAmong(db: Database, held: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM unnest(${held}::uuid[]) AS id
    WHERE NOT EXISTS (SELECT FROM keys.subject_keys k WHERE k.subject_id = id)`.execute(db);
  return rows.map(({ id }) => id);
}
