import type { PersonReference } from '../../domain/events.ts';
import { recognisePhrase } from '../../domain/privacy-request.ts';
import { confirmByPhrase } from '../../lib/postgres/confirm-by-phrase.ts';
import type { InTransaction } from '../../lib/postgres/database.ts';
import { addressOf } from './address-of.ts';
import type { IngestDeps } from './ingest-deps.ts';

/** A message that is a request's phrase confirms it. Returns the request, or null for any other message. */
export async function confirmRequest(
  trx: InTransaction,
  deps: Pick<IngestDeps, 'people' | 'codeHash'>,
  from: { subjectId: string; person: PersonReference },
  text: string,
): Promise<string | null> {
  const phrase = recognisePhrase(text);
  if (phrase === null) return null;
  const { channel, account } = from.person;
  return confirmByPhrase(trx, deps, phrase, {
    subjectId: from.subjectId,
    channel,
    account,
    to: addressOf(from.person),
  });
}
