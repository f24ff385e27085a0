import type { CodeHash } from '../crypto/request-codes.ts';
import { findCertificate } from './certificates.ts';
import type { Database, InTransaction } from './database.ts';

/** A request as its status page shows it, found by its code; undefined when there is none. */
export async function findByCode(db: Database | InTransaction, hash: CodeHash, code: string) {
  const request = await db
    .selectFrom('mayfly.requests')
    .select([
      'id',
      'right_asked',
      'intake',
      'state',
      'reason',
      'received_at',
      'due_at',
      'channels_named',
      'expiring_until',
      'withdrawn_at',
      'closed_at',
    ])
    .where('code_hash', '=', hash.of('code', code))
    .executeTakeFirst();
  if (request === undefined) return undefined;
  const steps = await db
    .selectFrom('mayfly.request_steps')
    .select(['name', 'at'])
    .where('request_id', '=', request.id)
    .orderBy('at')
    .execute();
  return { ...request, steps, certificate: await findCertificate(db, request.id) };
}
export type FoundRequest = NonNullable<Awaited<ReturnType<typeof findByCode>>>;
