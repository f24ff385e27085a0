import { HOUR_MS } from '../../domain/durations.ts';
import { sql } from 'kysely';
import { isSameText } from '../../domain/same-words.ts';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { InTransaction } from '../database.ts';

/** Something that the business sent, as Meta shows it to us. `text` is null when it was no text. */
export interface Echo {
  providerId: string;
  text: string | null;
  at: Date;
}

/** How far Meta's clock, which sometimes counts in whole seconds, may be behind ours. */
export const CLOCK_TOLERANCE_MS = 5_000;
/** An echo shows when the message was sent, however late it arrives itself. */
export const LONGEST_SEND_MS = HOUR_MS;

/**
 * The id of our delivery that an echo shows, or null when a human sent it. Meta does not promise that an echo carries the
 * id that the send was answered with, and it may come before that answer: then the same words, sent at that time, are ours.
 */
export async function findOwnDelivery(
  trx: InTransaction,
  cipher: SubjectCipher,
  echo: Echo,
): Promise<string | null> {
  const known = await findByProviderId(trx, cipher, echo.providerId);
  if (known !== null || echo.text === null) return known;
  const { text } = echo;
  const unseen = await findUnseen(trx, cipher, echo.at);
  const same = unseen.filter(({ id, sealed_text: sealed }) =>
    isSameText(cipher.open('deliveries.sealed_text', id, sealed), text),
  );
  // The same words may have been sent twice on purpose: each echo is of the last one that was sent before it.
  const before = same.findLast(({ maybe_sent_at: at }) => at !== null && at <= echo.at);
  return (before ?? same[0])?.id ?? null;
}

async function findByProviderId(
  trx: InTransaction,
  cipher: SubjectCipher,
  providerId: string,
): Promise<string | null> {
  const fingerprint = cipher.fingerprint(providerId);
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM mayfly.deliveries WHERE subject_id = ${cipher.subjectId} AND fingerprint = ${fingerprint}
    UNION ALL
    SELECT delivery_id FROM mayfly.delivery_copies
    WHERE subject_id = ${cipher.subjectId} AND fingerprint = ${fingerprint}
    LIMIT 1`.execute(trx);
  return rows[0]?.id ?? null;
}

/**
 * What may have been sent at that time and was not yet shown as often as it may have been sent, oldest first. WhatsApp
 * echoes only what a human writes, so there a message whose id we know is not looked for under another. What was refused
 * did not go out; but where that was the second try, the first may have.
 */
async function findUnseen(trx: InTransaction, { subjectId }: SubjectCipher, at: Date) {
  const latest = new Date(at.getTime() + CLOCK_TOLERANCE_MS);
  const earliest = new Date(at.getTime() - LONGEST_SEND_MS);
  return trx
    .selectFrom('mayfly.deliveries as d')
    .innerJoin('mayfly.subjects as s', 's.id', 'd.subject_id')
    .select(['d.id', 'd.sealed_text', 'd.maybe_sent_at'])
    .where('d.subject_id', '=', subjectId)
    .where('d.maybe_sent_at', '>', earliest)
    .where('d.maybe_sent_at', '<=', latest)
    .where((eb) => eb.or([eb('s.channel', '=', 'instagram'), eb('d.fingerprint', 'is', null)]))
    .where(
      sql<boolean>`(d.status IS NOT NULL)::int + (
        SELECT count(*) FROM mayfly.delivery_copies c WHERE c.delivery_id = d.id AND c.status IS NOT NULL
      ) < d.resends + (d.state <> 'rejected')::int`,
    )
    .orderBy('d.maybe_sent_at')
    .execute();
}
