import type { Channel } from '../../domain/channels.ts';
import type { Identifier } from '../../domain/events.ts';
import type { InTransaction } from '../database.ts';
import type { People } from './people.ts';
import type { RequestContact } from '../requests/requests.ts';

export interface NamedSubject {
  subjectId: string;
  channel: Channel;
}

/** By what somebody is known on one channel. */
interface KnownBy {
  channel: Channel;
  identifiers: readonly Identifier[];
}

/** Everybody who is known by any of these, on every business account of ours. */
export async function findEverybody(
  trx: InTransaction,
  people: People,
  { channel, identifiers }: KnownBy,
): Promise<string[]> {
  const accounts = await trx
    .selectFrom('mayfly.subjects')
    .select('account')
    .distinct()
    .where('channel', '=', channel)
    .orderBy('account')
    .execute();
  const found: string[] = [];
  for (const { account } of accounts)
    found.push(...(await people.findAll(trx, { account, identifiers })));
  return [...new Set(found)];
}

/**
 * Whom a request names, on every business account of ours. A number is looked up in the index; so is a handle, which
 * finds somebody only if Meta ever told us theirs. A person who asked in their chat is known already, unless they are
 * gone.
 */
export async function findNamed(
  trx: InTransaction,
  people: People,
  contact: Pick<RequestContact, 'instagram' | 'whatsapp' | 'asker'>,
): Promise<NamedSubject[]> {
  const found: NamedSubject[] = [];
  for (const { channel, identifiers } of namesOf(contact)) {
    const everybody = await findEverybody(trx, people, { channel, identifiers });
    found.push(...everybody.map((subjectId) => ({ subjectId, channel })));
  }
  return [...found, ...(await askerOf(trx, contact))];
}

/** By what a request names its accounts. */
export function namesOf({
  instagram,
  whatsapp,
}: Pick<RequestContact, 'instagram' | 'whatsapp'>): RequestContact['proofs'] {
  const named: RequestContact['proofs'] = [];
  if (whatsapp !== undefined)
    named.push({ channel: 'whatsapp', identifiers: [{ kind: 'whatsapp phone', value: whatsapp }] });
  if (instagram !== undefined)
    named.push({
      channel: 'instagram',
      identifiers: [{ kind: 'instagram handle', value: instagram }],
    });
  return named;
}

async function askerOf(
  trx: InTransaction,
  { asker }: Pick<RequestContact, 'asker'>,
): Promise<NamedSubject[]> {
  if (asker === undefined) return [];
  const rows = await trx
    .selectFrom('mayfly.subjects')
    .select('id')
    .where('id', '=', asker.subjectId)
    .where('erasing_at', 'is', null)
    .execute();
  return rows.map(({ id }) => ({ subjectId: id, channel: asker.channel }));
}

/** Whom a hold on a request is about: people it was proven for who are not erased, and people it names. */
export async function findSubjectsOf(
  trx: InTransaction,
  requestId: string,
  named: readonly NamedSubject[],
): Promise<string[]> {
  const proven = await trx
    .selectFrom('mayfly.request_subjects')
    .select('subject_id')
    .where('request_id', '=', requestId)
    .where('proof', 'is', null)
    .execute();
  const ids = [...proven.map((row) => row.subject_id), ...named.map((one) => one.subjectId)];
  // One order for everybody, so that two transactions about the same people cannot wait for each other.
  return [...new Set(ids)].sort();
}
