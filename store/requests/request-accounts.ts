import { sql } from 'kysely';
import type { Channel } from '../../domain/channels.ts';
import type { Door, NamedAccount } from '../../domain/request-accounts.ts';
import type { Database, InTransaction } from '../database.ts';

/** A request names these accounts from now on; those that it names already stay as they are. */
export async function nameAccounts(
  trx: InTransaction,
  requestId: string,
  channels: readonly Channel[],
): Promise<void> {
  if (channels.length === 0) return;
  await trx
    .insertInto('mayfly.request_accounts')
    .values(channels.map((channel) => ({ request_id: requestId, channel })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What a request names, each with where it stands. */
export async function findAccounts(
  db: Database | InTransaction,
  requestId: string,
): Promise<NamedAccount[]> {
  return (await findAccountsOf(db, [requestId])).get(requestId) ?? [];
}

/** The same for several requests. */
export async function findAccountsOf(
  db: Database | InTransaction,
  requestIds: readonly string[],
): Promise<Map<string, NamedAccount[]>> {
  const { rows } = await sql<NamedAccount & { requestId: string }>`
    SELECT a.request_id AS "requestId", a.channel, a.proven_at AS "provenAt", a.erased_at AS "erasedAt",
      a.absent_at AS "absentAt",
      (SELECT max(h.expires_at) FROM mayfly.request_subjects s JOIN mayfly.holds h ON h.subject_id = s.subject_id
        WHERE s.request_id = a.request_id AND s.channel = a.channel AND s.proof IS NULL AND h.confirmed_at IS NOT NULL
          AND h.lifted_at IS NULL AND h.expires_at > clock_timestamp()) AS "heldUntil"
    FROM mayfly.request_accounts a WHERE a.request_id = ANY(${requestIds}::uuid[])
    ORDER BY a.channel`.execute(db);
  const found = new Map<string, NamedAccount[]>();
  for (const { requestId, ...account } of rows)
    found.set(requestId, [...(found.get(requestId) ?? []), account]);
  return found;
}

/** Whether a request still hears phrases, by its row. */
export function doorOf(row: {
  door_closed_at: Date | null;
  closed_at: Date | null;
  withdrawn_at: Date | null;
  refused_at: Date | null;
}): Door {
  if (row.withdrawn_at !== null || row.refused_at !== null) return 'given up';
  return row.door_closed_at === null && row.closed_at === null ? 'open' : 'closed';
}

interface ProvenAccount {
  requestId: string;
  channel: Channel;
  /** Everybody who is known by what was proven. */
  subjectIds: readonly string[];
}

/**
 * An account that a request names is the person's own: everybody who is known by it is to be erased. Returns whether
 * that is news. Hold the request's row while calling it.
 */
export async function proveAccount(
  trx: InTransaction,
  { requestId, channel, subjectIds }: ProvenAccount,
): Promise<boolean> {
  const added =
    subjectIds.length === 0
      ? []
      : await trx
          .insertInto('mayfly.request_subjects')
          .values(
            subjectIds.map((subjectId) => ({
              request_id: requestId,
              subject_id: subjectId,
              channel,
            })),
          )
          .onConflict((conflict) => conflict.columns(['request_id', 'subject_id']).doNothing())
          .returning('subject_id')
          .execute();
  if (added.length === 0) return false;
  await trx
    .updateTable('mayfly.request_accounts')
    .set({ proven_at: sql`coalesce(proven_at, now())`, erased_at: null, absent_at: null })
    .where('request_id', '=', requestId)
    .where('channel', '=', channel)
    .execute();
  return true;
}

/** An account is the person's own, and nobody is to be erased for it: nothing is held under it, or what is stays. */
export async function proveNobody(
  trx: InTransaction,
  requestId: string,
  { channel, isAbsent }: { channel: Channel; isAbsent: boolean },
): Promise<void> {
  await trx
    .updateTable('mayfly.request_accounts')
    .set({
      proven_at: sql`coalesce(proven_at, now())`,
      absent_at: isAbsent ? sql`now()` : null,
    })
    .where('request_id', '=', requestId)
    .where('channel', '=', channel)
    .execute();
}

/** Notes which accounts are erased: everybody known by them is. Hold the request's row while calling it. */
export async function markErased(trx: InTransaction, requestId: string): Promise<void> {
  await sql`
    UPDATE mayfly.request_accounts a SET erased_at = now()
    WHERE a.request_id = ${requestId} AND a.erased_at IS NULL AND (
      SELECT bool_and(s.proof IS NOT NULL) FROM mayfly.request_subjects s
      WHERE s.request_id = a.request_id AND s.channel = a.channel
    )`.execute(trx);
}

/** Channels of accounts that are proven and on whose people no work has begun: none of them is fenced off yet. */
export async function findProvenUntouched(
  trx: InTransaction,
  requestId: string,
): Promise<Channel[]> {
  const { rows } = await sql<{ channel: Channel }>`
    SELECT a.channel FROM mayfly.request_accounts a
    WHERE a.request_id = ${requestId} AND a.proven_at IS NOT NULL AND a.absent_at IS NULL AND NOT EXISTS (
      SELECT FROM mayfly.request_subjects s LEFT JOIN mayfly.subjects p ON p.id = s.subject_id
      WHERE s.request_id = a.request_id AND s.channel = a.channel
        AND (s.proof IS NOT NULL OR p.id IS NULL OR p.erasing_at IS NOT NULL)
    )`.execute(trx);
  return rows.map(({ channel }) => channel);
}
