import { sql } from 'kysely';
import type { Address } from '../../domain/events.ts';
import type { Channel } from '../../domain/channels.ts';
import { PHRASE_TRIES_A_DAY } from '../../domain/privacy-request.ts';
import type { CodeHash } from '../crypto/request-codes.ts';
import type { InTransaction } from './database.ts';
import { appendLedger } from './ledger.ts';
import type { People } from './people.ts';
import { readContact, writeContact } from './request-contact.ts';
import { countWithinDay } from './within-a-day.ts';

/** Whoever sent the phrase, and where they are told what became of it. */
export interface Confirmer {
  subjectId: string;
  channel: Channel;
  account: string;
  to: Address;
}

/**
 * A phrase, sent as a whole message, proves that this account is the person's own (design: control of the channel, never
 * a document). It is their account that is erased, whatever the request names: so nobody can have another one erased.
 * Returns the request, or null for a phrase that means nothing, and for any phrase of someone who has tried too many.
 */
export async function confirmByPhrase(
  trx: InTransaction,
  { people, codeHash }: { people: People; codeHash: CodeHash },
  phrase: string,
  { subjectId, channel, account, to }: Confirmer,
): Promise<string | null> {
  if ((await countWithinDay(trx, subjectId, 'phrase_tries')) > PHRASE_TRIES_A_DAY) return null;
  const requestId = await findByPhrase(trx, codeHash.of('phrase', phrase));
  if (requestId === undefined) return null;
  await recordVerified(trx, { requestId, subjectId, channel });
  const contact = await readContact(trx, people, requestId);
  if (contact !== null) {
    const others = contact.chats.filter(
      (chat) => chat.channel !== channel || chat.account !== account,
    );
    await writeContact(trx, people, requestId, {
      ...contact,
      chats: [...others, { channel, account, to }],
    });
  }
  const details = { by: 'message from the account' } as const;
  await appendLedger(trx, { actorRole: 'person', action: 'identity verified', requestId, details });
  return requestId;
}

/** The open request that a phrase belongs to, locked; undefined for a wrong, used up or late phrase. */
async function findByPhrase(trx: InTransaction, phraseHash: Buffer): Promise<string | undefined> {
  const row = await trx
    .selectFrom('mayfly.requests')
    .select('id')
    .where('phrase_hash', '=', phraseHash)
    .where('closed_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .where('refused_at', 'is', null)
    .where('due_at', '>', sql<Date>`now()`)
    .forUpdate()
    .executeTakeFirst();
  return row?.id;
}

/** The person proved that this account is theirs. Repeating it changes nothing. */
export async function recordVerified(
  trx: InTransaction,
  verified: { requestId: string; subjectId: string; channel: Channel },
): Promise<void> {
  await trx
    .insertInto('mayfly.request_subjects')
    .values({
      request_id: verified.requestId,
      subject_id: verified.subjectId,
      channel: verified.channel,
    })
    .onConflict((conflict) => conflict.columns(['request_id', 'subject_id']).doNothing())
    .execute();
}
