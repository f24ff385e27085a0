import { sql } from 'kysely';
import { CHANNELS } from '../../domain/channels.ts';
import { CORRECTIONS_A_REQUEST } from '../../domain/privacy-request.ts';
import type { InTransaction } from '../database.ts';
import { appendLedger } from '../ledger/ledger.ts';
import type { People } from '../people/people.ts';
import { doorOf, findAccounts, nameAccounts } from './request-accounts.ts';
import { readContact, writeContact } from './request-contact.ts';
import type { RequestContact } from './requests.ts';

export type CorrectionResult = 'corrected' | 'not open' | 'confirmed already' | 'too often';

/**
 * The person says anew which accounts they mean, in place of those that are not confirmed yet. The holder of the code
 * has made the request, and proves nothing by this: the phrase still has to come from each account that is named.
 */
export async function correctAccounts(
  trx: InTransaction,
  people: People,
  {
    requestId,
    named,
  }: { requestId: string; named: Pick<RequestContact, 'instagram' | 'whatsapp'> },
): Promise<CorrectionResult> {
  const row = await trx
    .selectFrom('mayfly.requests')
    .select(['door_closed_at', 'closed_at', 'withdrawn_at', 'refused_at'])
    .select(sql<boolean>`due_at > now()`.as('is_in_time'))
    .where('id', '=', requestId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const isOpen = row.is_in_time && doorOf(row) === 'open';
  const contact = isOpen ? await readContact(trx, people, requestId) : null;
  // A person who asked in a chat means that chat; nothing else can be meant.
  if (contact === null || contact.asker !== undefined) return 'not open';
  const accounts = await findAccounts(trx, requestId);
  const isProven = (channel: string) =>
    accounts.some((one) => one.channel === channel && one.provenAt !== null);
  const meant = CHANNELS.filter((channel) => named[channel] !== undefined);
  if (accounts.every(({ provenAt }) => provenAt !== null)) return 'not open';
  if (meant.some(isProven)) return 'confirmed already';
  if (contact.corrections >= CORRECTIONS_A_REQUEST) return 'too often';

  await trx
    .deleteFrom('mayfly.request_accounts')
    .where('request_id', '=', requestId)
    .where('proven_at', 'is', null)
    .execute();
  await nameAccounts(trx, requestId, meant);
  const next = { ...contact, corrections: contact.corrections + 1 };
  for (const channel of CHANNELS) if (!isProven(channel)) next[channel] = named[channel];
  await writeContact(trx, people, requestId, next);
  await trx
    .updateTable('mayfly.requests')
    .set({ stray_phrase_at: null })
    .where('id', '=', requestId)
    .execute();
  const entry = { actorRole: 'person', action: 'accounts corrected', requestId } as const;
  await appendLedger(trx, { ...entry, details: {} });
  return 'corrected';
}
