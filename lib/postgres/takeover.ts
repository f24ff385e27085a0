import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { SubjectCipher } from '../crypto/subject-cipher.ts';
import type { InTransaction } from './database.ts';
import { pauseForHuman } from './standing.ts';

/** Something that the business sent, as Meta shows it to us. `text` is null when it was no text. */
export interface Echo {
  providerId: string;
  text: string | null;
  at: Date;
}

/**
 * The id of our delivery that an echo shows, or null when a human sent it. Meta does not promise that an echo carries the
 * id that the send was answered with, and it may come before that answer: then the same words, sent lately, are ours.
 */
export async function findOwnDelivery(trx: InTransaction, cipher: SubjectCipher, echo: Echo): Promise<string | null> {
  const rows = await trx
    .selectFrom('mayfly.deliveries')
    .select(['id', 'sealed_text', 'fingerprint'])
    .where('subject_id', '=', cipher.subjectId)
    .where('state', 'in', ['intent', 'accepted', 'confirmed', 'ambiguous'])
    .where((eb) =>
      eb.or([
        eb('fingerprint', '=', cipher.fingerprint(echo.providerId)),
        eb('created_at', '>', sql<Date>`now() - interval '1 hour'`),
      ]),
    )
    .orderBy('created_at', 'desc')
    .execute();
  const fingerprint = cipher.fingerprint(echo.providerId);
  const own =
    rows.find((row) => row.fingerprint?.equals(fingerprint)) ??
    rows.find(({ id, sealed_text: sealed }) => cipher.open('deliveries.sealed_text', id, sealed) === echo.text);
  return own?.id ?? null;
}

/**
 * A human answered through Meta's own app: their words become part of the conversation, what waited is answered by them,
 * and the assistant rests. A repeated echo changes nothing.
 */
export async function recordTakeover(
  trx: InTransaction,
  cipher: SubjectCipher,
  echo: Echo,
  humanPauseMs: number,
): Promise<'taken over' | 'repeated'> {
  const fingerprint = cipher.fingerprint(echo.providerId);
  if (await isKnown(trx, cipher, fingerprint)) return 'repeated';
  const subject = cipher.subjectId;
  const session = await trx
    .selectFrom('mayfly.sessions')
    .select('id')
    .where('subject_id', '=', subject)
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  const reply = { id: randomUUID(), subject_id: subject, session_id: session?.id ?? null, turn: null };
  await trx.insertInto('mayfly.replies').values({ ...reply, origin: 'human', action: 'continue' }).execute();
  const id = randomUUID();
  await trx
    .insertInto('mayfly.deliveries')
    .values({
      id,
      subject_id: subject,
      reply_id: reply.id,
      part: 0,
      state: 'confirmed',
      status: 'sent',
      sealed_text: cipher.seal('deliveries.sealed_text', id, echo.text ?? ''),
      sealed_provider_id: cipher.seal('deliveries.sealed_provider_id', id, echo.providerId),
      fingerprint,
      settled_at: sql`now()`,
    })
    .execute();
  await trx
    .updateTable('mayfly.messages')
    .set({ reply_id: reply.id, session_id: reply.session_id })
    .where('subject_id', '=', subject)
    .where('reply_id', 'is', null)
    .where('kind', '<>', 'unsent')
    .execute();
  await pauseForHuman(trx, subject, humanPauseMs);
  return 'taken over';
}

async function isKnown(trx: InTransaction, { subjectId }: SubjectCipher, fingerprint: Buffer): Promise<boolean> {
  const row = await trx
    .selectFrom('mayfly.deliveries')
    .select('id')
    .where('subject_id', '=', subjectId)
    .where('fingerprint', '=', fingerprint)
    .executeTakeFirst();
  return row !== undefined;
}
