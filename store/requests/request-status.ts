import { sql } from 'kysely';
import type { CodeHash } from '../../lib/crypto/request-codes.ts';
import { findCertificate } from './certificates.ts';
import type { Database, InTransaction } from '../database.ts';
import { doorOf, findAccounts } from './request-accounts.ts';

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
      'expiring_until',
      'withdrawn_at',
      'refused_at',
      'door_closed_at',
      'stray_phrase_at',
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
  return {
    ...request,
    steps,
    hold: await findHoldFor(db, request.id),
    accounts: await findAccounts(db, request.id),
    door: doorOf(request),
    certificate: await findCertificate(db, request.id),
  };
}
export type FoundRequest = NonNullable<Awaited<ReturnType<typeof findByCode>>>;

/** Of the holds on people for whom a request was proven, the one that lasts longest; null when there is none. */
async function findHoldFor(
  db: Database | InTransaction,
  requestId: string,
): Promise<{ until: Date; reason: string } | null> {
  const held = await db
    .selectFrom('mayfly.request_subjects as s')
    .innerJoin('mayfly.holds as h', 'h.subject_id', 's.subject_id')
    .select(['h.expires_at as until', 'h.reason'])
    .where('s.request_id', '=', requestId)
    .where('s.proof', 'is', null)
    .where('h.confirmed_at', 'is not', null)
    .where('h.lifted_at', 'is', null)
    .where('h.expires_at', '>', sql<Date>`clock_timestamp()`)
    .orderBy('h.expires_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return held ?? null;
}
