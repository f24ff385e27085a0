import type { Channel } from '../../domain/channels.ts';
import type { Identifier } from '../../domain/events.ts';
import type { InTransaction } from './database.ts';
import type { People } from './people.ts';
import type { RequestContact } from './requests.ts';

export interface NamedSubject {
  subjectId: string;
  channel: Channel;
}

/**
 * Whom a request names, on every business account of ours. A number is looked up in the index; so is a handle, which
 * finds somebody only if Meta ever told us theirs.
 */
export async function findNamed(
  trx: InTransaction,
  people: People,
  { instagram, whatsapp }: Pick<RequestContact, 'instagram' | 'whatsapp'>,
): Promise<NamedSubject[]> {
  const wanted = [
    ...(whatsapp === undefined ? [] : [asIdentifier('whatsapp', 'whatsapp phone', whatsapp)]),
    ...(instagram === undefined ? [] : [asIdentifier('instagram', 'instagram handle', instagram)]),
  ];
  const found: NamedSubject[] = [];
  for (const { channel, identifier } of wanted) {
    const accounts = await trx
      .selectFrom('mayfly.subjects')
      .select('account')
      .distinct()
      .where('channel', '=', channel)
      .orderBy('account')
      .execute();
    for (const { account } of accounts) {
      const everybody = await people.findAll(trx, { account, identifier });
      found.push(...everybody.map((subjectId) => ({ subjectId, channel })));
    }
  }
  return found;
}

function asIdentifier(channel: Channel, kind: Identifier['kind'], value: string) {
  return { channel, identifier: { kind, value } };
}

/** Whom a hold on a request is about: whoever it was proven for and is not erased, and whoever it names. */
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
