import { sql } from 'kysely';
import type { Channel } from '../../domain/channels.ts';
import type { RefusalReason, VerifyReason } from '../../domain/staff.ts';
import type { InTransaction } from '../database.ts';
import { appendLedger } from '../ledger/ledger.ts';
import { findNamed, namesOf } from '../people/named-subjects.ts';
import type { NamedSubject } from '../people/named-subjects.ts';
import type { People } from '../people/people.ts';
import { findAccounts, proveAccount, proveNobody } from './request-accounts.ts';
import { readContact, writeContact } from './request-contact.ts';
import { decide, isDecided } from './request-decisions.ts';
import type { DecisionResult } from './request-decisions.ts';

/** Whom the two mean where the index finds nobody, and for which accounts they have seen that we hold nothing. */
export interface VerifyTerms {
  subjects: string[];
  absent: Channel[];
}

/** What stands in the way of a decision. */
export type Obstacle = 'not open' | 'working' | 'nobody found' | 'not its account';

/**
 * Two members of staff say that a request is the person's own. Then each account that it names counts as proven; where
 * nobody is known by an account, nothing is held under it.
 */
export async function verifyByStaff(
  trx: InTransaction,
  people: People,
  wish: { requestId: string; reason: VerifyReason; terms: VerifyTerms; by: string },
): Promise<DecisionResult | Obstacle> {
  const { requestId, reason, terms, by } = wish;
  const isOpen = await lockIfOpen(trx, requestId);
  if (await isDecided(trx, { requestId, decision: 'verify', reason })) return 'confirmed';
  const contact = isOpen ? await readContact(trx, people, requestId) : null;
  if (contact === null) return 'not open';
  const meant = await subjectsMeant(trx, terms.subjects);
  const accounts = await findAccounts(trx, requestId);
  const isNamed = (one: NamedSubject) => accounts.some(({ channel }) => channel === one.channel);
  if (meant.length < terms.subjects.length || !meant.every(isNamed)) return 'not its account';
  const named = [...(await findNamed(trx, people, contact)), ...meant];
  // They may have another spelling, or be somebody whose handle Meta never told us: the two have to say that they looked.
  const unproven = accounts.filter(({ provenAt }) => provenAt === null);
  const isUnsure = unproven.some(
    ({ channel }) =>
      !terms.absent.includes(channel) && !named.some((one) => one.channel === channel),
  );
  if (isUnsure) return 'nobody found';

  const result = await decide(trx, { requestId, decision: 'verify', reason, terms, by });
  const entry = { actorRole: 'staff', actor: by, requestId } as const;
  if (result === 'proposed')
    await appendLedger(trx, { ...entry, action: 'verification proposed', details: { reason } });
  if (result !== 'confirmed') return result;
  for (const { channel } of unproven) {
    const subjectIds = named
      .filter((one) => one.channel === channel)
      .map(({ subjectId }) => subjectId);
    await proveAccount(trx, { requestId, channel, subjectIds });
    if (subjectIds.length === 0) await proveNobody(trx, requestId, { channel, isAbsent: true });
  }
  const proofs = namesOf(contact).filter((one) =>
    unproven.some(({ channel }) => channel === one.channel),
  );
  await writeContact(trx, people, requestId, {
    ...contact,
    proofs: [...contact.proofs, ...proofs],
  });
  await trx
    .updateTable('mayfly.requests')
    .set({ sealed_phrase: null })
    .where('id', '=', requestId)
    .execute();
  const details = { by: 'two of staff' } as const;
  await appendLedger(trx, { ...entry, action: 'identity verified', details });
  return result;
}

/** Two members of staff refuse a request, for as long as nothing has been begun for it. */
export async function refuseByStaff(
  trx: InTransaction,
  wish: { requestId: string; reason: RefusalReason; by: string },
): Promise<DecisionResult | Obstacle> {
  const { requestId, reason, by } = wish;
  const isOpen = await lockIfOpen(trx, requestId);
  if (await isDecided(trx, { requestId, decision: 'refuse', reason })) return 'confirmed';
  if (!isOpen) return 'not open';
  const begun = await trx
    .selectFrom('mayfly.request_steps')
    .select('name')
    .where('request_id', '=', requestId)
    .where('name', '=', 'working')
    .executeTakeFirst();
  if (begun !== undefined) return 'working';

  const result = await decide(trx, { requestId, decision: 'refuse', reason, terms: {}, by });
  const entry = { actorRole: 'staff', actor: by, requestId } as const;
  if (result === 'proposed')
    await appendLedger(trx, { ...entry, action: 'refusal proposed', details: { reason } });
  if (result !== 'confirmed') return result;
  await trx
    .updateTable('mayfly.requests')
    .set({ refused_at: sql`now()`, reason, sealed_phrase: null })
    .where('id', '=', requestId)
    .execute();
  await appendLedger(trx, { ...entry, action: 'request refused', details: { reason } });
  return result;
}

/** Locks the request against its workflow; whether it can still be decided about. */
async function lockIfOpen(trx: InTransaction, requestId: string): Promise<boolean> {
  const { rows } = await sql<{ is_open: boolean }>`
    SELECT closed_at IS NULL AND withdrawn_at IS NULL AND refused_at IS NULL AND door_closed_at IS NULL AND due_at > now()
      AND EXISTS (SELECT FROM mayfly.request_accounts WHERE request_id = id AND proven_at IS NULL) AS is_open
    FROM mayfly.requests WHERE id = ${requestId} FOR UPDATE`.execute(trx);
  return rows[0]?.is_open === true;
}

async function subjectsMeant(
  trx: InTransaction,
  subjectIds: readonly string[],
): Promise<NamedSubject[]> {
  if (subjectIds.length === 0) return [];
  const rows = await trx
    .selectFrom('mayfly.subjects')
    .select(['id', 'channel'])
    .where('id', 'in', subjectIds)
    .where('erasing_at', 'is', null)
    .orderBy('id')
    .execute();
  return rows.map(({ id, channel }) => ({ subjectId: id, channel }));
}
