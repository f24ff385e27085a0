import { sql } from 'kysely';
import { POLICY } from '../../domain/policy.ts';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { InTransaction } from '../database.ts';
import { markOfMessage, markOfWords } from './marks.ts';
import type { Mark } from './marks.ts';
import { LONGEST_SEND_MS } from '../outbox/own-delivery.ts';

/**
 * The marks of every message that Meta may still tell us of once more: what the person wrote and what was sent to them, by
 * Meta's ids, and what was sent so lately that another id may come, by its words. `persons` are the person's own marks.
 */
export async function marksOfSubject(
  trx: InTransaction,
  cipher: SubjectCipher,
  persons: readonly Mark[],
): Promise<Mark[]> {
  const [received, sent, copies] = [
    await readReceived(trx, cipher),
    await readSent(trx, cipher),
    await readCopies(trx, cipher),
  ];
  const ids = [
    ...received.map((row) => open(cipher, 'messages.sealed_provider_id', row)),
    ...sent.map((row) => open(cipher, 'deliveries.sealed_provider_id', row)),
    ...copies.map(({ delivery_id: id, ...row }) =>
      open(cipher, 'delivery_copies.sealed_provider_id', { id, ...row }),
    ),
  ];
  const words = sent
    .filter(({ is_on_its_way: isOnItsWay }) => isOnItsWay)
    .map(({ id, sealed_text: sealed }) => cipher.open('deliveries.sealed_text', id, sealed));
  return [
    ...ids.flatMap((id) => (id === null ? [] : [markOfMessage(id)])),
    ...words.flatMap((text) => persons.map((person) => markOfWords(person, text))),
  ];
}

/** Meta repeats nothing that is older than this. */
const since = sql<Date>`now() - ${POLICY.tombstoneMs}::float8 * interval '1 millisecond'`;

async function readReceived(trx: InTransaction, { subjectId }: SubjectCipher) {
  return trx
    .selectFrom('mayfly.messages')
    .select(['id', 'sealed_provider_id'])
    .where('subject_id', '=', subjectId)
    .where('received_at', '>', since)
    .execute();
}

async function readSent(trx: InTransaction, { subjectId }: SubjectCipher) {
  return trx
    .selectFrom('mayfly.deliveries')
    .select(['id', 'sealed_provider_id', 'sealed_text'])
    .select(
      sql<boolean>`coalesce(
        maybe_sent_at > now() - ${LONGEST_SEND_MS}::float8 * interval '1 millisecond', false
      )`.as('is_on_its_way'),
    )
    .where('subject_id', '=', subjectId)
    .where(sql<boolean>`greatest(created_at, maybe_sent_at) > ${since}`)
    .execute();
}

async function readCopies(trx: InTransaction, { subjectId }: SubjectCipher) {
  return trx
    .selectFrom('mayfly.delivery_copies')
    .select(['delivery_id', 'sealed_provider_id'])
    .where('subject_id', '=', subjectId)
    .execute();
}

function open(
  cipher: SubjectCipher,
  column: Parameters<SubjectCipher['open']>[0],
  { id, sealed_provider_id: sealed }: { id: string; sealed_provider_id: Buffer | null },
): string | null {
  return sealed && cipher.open(column, id, sealed);
}
