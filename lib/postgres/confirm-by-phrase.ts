import type { Address } from '../../domain/events.ts';
import type { Channel } from '../../domain/channels.ts';
import type { CodeHash } from '../crypto/request-codes.ts';
import type { InTransaction } from './database.ts';
import { appendLedger } from './ledger.ts';
import type { People } from './people.ts';
import { readContact, writeContact } from './request-contact.ts';
import { findByPhrase, recordVerified } from './requests.ts';

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
 * Returns the request, or null for a phrase that means nothing.
 */
export async function confirmByPhrase(
  trx: InTransaction,
  { people, codeHash }: { people: People; codeHash: CodeHash },
  phrase: string,
  { subjectId, channel, account, to }: Confirmer,
): Promise<string | null> {
  const request = await findByPhrase(trx, codeHash.of('phrase', phrase));
  if (request === undefined) return null;
  await recordVerified(trx, { requestId: request.id, subjectId, channel });
  const contact = await readContact(trx, people, request.id);
  if (contact !== null) {
    const others = contact.chats.filter((chat) => chat.channel !== channel || chat.account !== account);
    await writeContact(trx, people, request.id, { ...contact, chats: [...others, { channel, account, to }] });
  }
  const details = { by: 'message from the account' } as const;
  await appendLedger(trx, { actorRole: 'person', action: 'identity verified', requestId: request.id, details });
  return request.id;
}
