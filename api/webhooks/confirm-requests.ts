import { findPhrases } from '../../domain/deletion-phrase.ts';
import type { PersonReference } from '../../domain/events.ts';
import { PHRASE_TRIES_A_DAY } from '../../domain/privacy-request.ts';
import { confirmByPhrase } from '../../store/requests/confirm-by-phrase.ts';
import type { InTransaction } from '../../store/database.ts';
import { addressOf } from './address-of.ts';
import type { AfterCommit, IngestDeps } from './ingest-deps.ts';

/** The phrases in a message confirm their requests. */
export async function confirmRequests(
  trx: InTransaction,
  deps: Pick<IngestDeps, 'people' | 'codeHash'>,
  from: { subjectId: string; person: PersonReference },
  text: string,
  { confirmed }: Pick<AfterCommit, 'confirmed'>,
): Promise<void> {
  // More of them than anybody may try in a day are not looked up.
  for (const phrase of findPhrases(text).slice(0, PHRASE_TRIES_A_DAY)) {
    const request = await confirmByPhrase(trx, deps, phrase, {
      ...from,
      to: addressOf(from.person),
    });
    if (request !== null) confirmed.add(request);
  }
}
