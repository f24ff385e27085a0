import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { InTransaction } from '../database.ts';
import type { Echo } from './own-delivery.ts';
import { pauseForHuman } from '../people/standing.ts';
import { lockSubject } from '../conversation/turns.ts';

/** Meta's time may be told in whole seconds. */
const SECOND_MS = 1000;

/**
 * A human answered through Meta's own app: their words become part of the conversation, what waited then is answered by
 * them, and the assistant rests. All of that counts from when they wrote, however late we are told. A repeated echo
 * changes nothing.
 */
export async function recordTakeover(
  trx: InTransaction,
  cipher: SubjectCipher,
  echo: Echo,
  humanPauseMs: number,
): Promise<'taken over' | 'repeated'> {
  await lockSubject(trx, cipher.subjectId);
  // A send whose answer is being stored may turn out to be what the echo shows: it is waited for.
  await lockIntents(trx, cipher.subjectId);
  const fingerprint = cipher.fingerprint(echo.providerId);
  if (await isKnown(trx, cipher, fingerprint)) return 'repeated';
  const subject = cipher.subjectId;
  const until = new Date(echo.at.getTime() + SECOND_MS);
  const session = await trx
    .selectFrom('mayfly.sessions')
    .select('id')
    .where('subject_id', '=', subject)
    .where('started_at', '<=', until)
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  const reply = {
    id: randomUUID(),
    subject_id: subject,
    session_id: session?.id ?? null,
    turn: null,
  };
  await trx
    .insertInto('mayfly.replies')
    .values({ ...reply, origin: 'human', action: 'continue', rested_until: restOf(subject) })
    .execute();
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
    .where('sent_at', '<=', until)
    .execute();
  await pauseForHuman(trx, subject, humanPauseMs, echo.at);
  await trx
    .updateTable('mayfly.replies')
    .set({ rests_until: restOf(subject) })
    .where('id', '=', reply.id)
    .execute();
  return 'taken over';
}

/** Until when the assistant rests. */
function restOf(subjectId: string) {
  return sql<Date | null>`(SELECT human_until FROM mayfly.subjects WHERE id = ${subjectId})`;
}

async function lockIntents(trx: InTransaction, subjectId: string): Promise<void> {
  await trx
    .selectFrom('mayfly.deliveries')
    .select('id')
    .where('subject_id', '=', subjectId)
    .where('state', '=', 'intent')
    .forUpdate()
    .execute();
}

async function isKnown(
  trx: InTransaction,
  { subjectId }: SubjectCipher,
  fingerprint: Buffer,
): Promise<boolean> {
  const row = await trx
    .selectFrom('mayfly.deliveries')
    .select('id')
    .where('subject_id', '=', subjectId)
    .where('fingerprint', '=', fingerprint)
    .executeTakeFirst();
  return row !== undefined;
}
