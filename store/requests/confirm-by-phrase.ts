import { sql } from 'kysely';
import type { Address, PersonReference } from '../../domain/events.ts';
import { PHRASE_TRIES_A_DAY } from '../../domain/privacy-request.ts';
import type { PhraseFate } from '../../domain/request-messages.ts';
import { isSameWhatsAppNumber } from '../../domain/whatsapp-number.ts';
import type { CodeHash } from '../../lib/crypto/request-codes.ts';
import type { InTransaction } from '../database.ts';
import { appendLedger } from '../ledger/ledger.ts';
import { findEverybody } from '../people/named-subjects.ts';
import type { People } from '../people/people.ts';
import { notePhraseFate } from './phrase-fate.ts';
import { doorOf, proveAccount } from './request-accounts.ts';
import { readContact, writeContact } from './request-contact.ts';
import type { RequestContact } from './requests.ts';
import { countWithinDay } from '../within-a-day.ts';

/** The sender of the phrase, and where they are told what became of it. */
export interface Confirmer {
  subjectId: string;
  person: PersonReference;
  to: Address;
}

interface PhraseDeps {
  people: People;
  codeHash: CodeHash;
}

/**
 * A phrase proves the account that it was sent from, if the request names that one (design: control of the channel,
 * never a document). From any other it proves nothing and erases nobody; neither does one that comes when the request
 * is over. Both are in the ledger, and told to the sender. Returns the request that has somebody to erase by it, or
 * null.
 */
export async function confirmByPhrase(
  trx: InTransaction,
  { people, codeHash }: PhraseDeps,
  phrase: string,
  confirmer: Confirmer,
): Promise<string | null> {
  const { subjectId, person } = confirmer;
  await notePhraseFate(trx, subjectId, 'received');
  if ((await countWithinDay(trx, subjectId, 'phrase_tries')) > PHRASE_TRIES_A_DAY) return null;
  const request = await findByPhrase(trx, codeHash.of('phrase', phrase));
  if (request === undefined) return null;
  const { requestId } = request;
  const contact = request.isOver ? null : await readContact(trx, people, requestId);
  if (contact === null) return refuse(trx, requestId, subjectId, 'the request is over');
  if (!(await isNamed(trx, people, contact, confirmer))) {
    await trx
      .updateTable('mayfly.requests')
      .set({ stray_phrase_at: sql`now()` })
      .where('id', '=', requestId)
      .execute();
    return refuse(trx, requestId, subjectId, 'the account is not named');
  }
  const proof = { channel: person.channel, identifiers: identifiersOf(contact, person) };
  const subjectIds = [subjectId, ...(await findEverybody(trx, people, proof))];
  const isNews = await proveAccount(trx, {
    requestId,
    channel: person.channel,
    subjectIds: [...new Set(subjectIds)],
  });
  if (!isNews) return requestId;
  await writeContact(trx, people, requestId, withProof(contact, proof, confirmer));
  const details = { by: 'message from the account' } as const;
  await appendLedger(trx, { actorRole: 'person', action: 'identity verified', requestId, details });
  return requestId;
}

/** The request that a phrase belongs to, locked, and whether it is over; undefined for a wrong phrase. */
async function findByPhrase(
  trx: InTransaction,
  phraseHash: Buffer,
): Promise<{ requestId: string; isOver: boolean } | undefined> {
  const row = await trx
    .selectFrom('mayfly.requests')
    .select(['id', 'door_closed_at', 'closed_at', 'withdrawn_at', 'refused_at'])
    .select(sql<boolean>`due_at <= now()`.as('is_late'))
    .where('phrase_hash', '=', phraseHash)
    .forUpdate()
    .executeTakeFirst();
  return row && { requestId: row.id, isOver: row.is_late || doorOf(row) !== 'open' };
}

type Refusal = 'the request is over' | 'the account is not named';
const FATES: Record<Refusal, PhraseFate> = {
  'the request is over': 'too late',
  'the account is not named': 'not named',
};

async function refuse(
  trx: InTransaction,
  requestId: string,
  subjectId: string,
  because: Refusal,
): Promise<null> {
  await notePhraseFate(trx, subjectId, FATES[because]);
  const entry = { actorRole: 'person', action: 'phrase refused', requestId } as const;
  await appendLedger(trx, { ...entry, details: { because } });
  return null;
}

/**
 * Whether a request names the account that its phrase was sent from. A number is compared; where the webhook has none,
 * with the one that we know them by. A handle is not known yet, so that Instagram alone decides (docs/decisions/0019).
 */
async function isNamed(
  trx: InTransaction,
  people: People,
  contact: RequestContact,
  { subjectId, person }: Confirmer,
): Promise<boolean> {
  const { channel, account } = person;
  const { asker } = contact;
  if (asker?.channel === channel) {
    if (asker.subjectId === subjectId) return true;
    return (await findEverybody(trx, people, person)).includes(asker.subjectId);
  }
  const named = contact[channel];
  if (named === undefined || channel === 'instagram') return named !== undefined;
  const sender = person.identifiers.find(({ kind }) => kind === 'whatsapp phone');
  if (sender !== undefined) return isSameWhatsAppNumber(sender.value, named);
  const identifiers = [{ kind: 'whatsapp phone', value: named }] as const;
  return (await people.findAll(trx, { account, identifiers })).includes(subjectId);
}

/** What is proven to be the sender's: what the webhook names them by, and the number that was found to be theirs. */
function identifiersOf({ whatsapp }: RequestContact, { channel, identifiers }: PersonReference) {
  const isComplete = identifiers.some(({ kind }) => kind === 'whatsapp phone');
  return channel === 'whatsapp' && whatsapp !== undefined && !isComplete
    ? [...identifiers, { kind: 'whatsapp phone' as const, value: whatsapp }]
    : [...identifiers];
}

/** The chat in which the answer is told, and by what everybody is found once the work begins. */
function withProof(
  contact: RequestContact,
  proof: RequestContact['proofs'][number],
  { person: { channel, account }, to }: Confirmer,
): RequestContact {
  const others = contact.chats.filter(
    (chat) => chat.channel !== channel || chat.account !== account,
  );
  return {
    ...contact,
    chats: [...others, { channel, account, to }],
    proofs: [...contact.proofs, proof],
  };
}
