import type { SubjectCipher } from '../crypto/subject-cipher.ts';
import type { InTransaction } from './database.ts';

/** One thing that was said in a session, opened. `text` is null for what was not text. */
export interface Said {
  by: 'person' | 'assistant';
  kind: string;
  text: string | null;
}

// What may have reached the person is part of the conversation; what surely did not is none.
const SAID_STATES = ['intent', 'accepted', 'confirmed', 'ambiguous', 'needs human'] as const;

/**
 * What was said in this session and no other, oldest first (policy U2). Messages that still wait are not in it.
 * `turns` bounds it to the newest turns.
 */
export async function readSession(
  trx: InTransaction,
  cipher: SubjectCipher,
  sessionId: string,
  turns: number,
): Promise<Said[]> {
  const replies = await trx
    .selectFrom('mayfly.replies')
    .select(['id'])
    .where('session_id', '=', sessionId)
    .where('subject_id', '=', cipher.subjectId)
    .where('superseded_at', 'is', null)
    .orderBy('created_at', 'desc')
    .limit(turns)
    .execute();
  const said: Said[] = [];
  for (const reply of replies.reverse()) {
    said.push(
      ...(await readHeard(trx, cipher, reply.id)),
      ...(await readSpoken(trx, cipher, reply.id)),
    );
  }
  return said;
}

async function readHeard(
  trx: InTransaction,
  cipher: SubjectCipher,
  replyId: string,
): Promise<Said[]> {
  const rows = await trx
    .selectFrom('mayfly.messages')
    .select(['id', 'kind', 'sealed_text'])
    .where('reply_id', '=', replyId)
    .where('kind', '<>', 'unsent')
    .orderBy('sent_at')
    .orderBy('arrival')
    .execute();
  return rows.map(({ id, kind, sealed_text: sealed }) => ({
    by: 'person',
    kind,
    text: sealed && cipher.open('messages.sealed_text', id, sealed),
  }));
}

async function readSpoken(
  trx: InTransaction,
  cipher: SubjectCipher,
  replyId: string,
): Promise<Said[]> {
  const rows = await trx
    .selectFrom('mayfly.deliveries')
    .select(['id', 'sealed_text'])
    .where('reply_id', '=', replyId)
    .where('state', 'in', SAID_STATES)
    .orderBy('part')
    .execute();
  if (rows.length === 0) return [];
  const parts = rows.map(({ id, sealed_text: sealed }) =>
    cipher.open('deliveries.sealed_text', id, sealed),
  );
  // What a human sent through Meta's app need not be text.
  const text = parts.join('\n');
  return [{ by: 'assistant', kind: 'no text', text: text === '' ? null : text }];
}
