import { sql } from 'kysely';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { InTransaction } from '../database.ts';
import { isOfThisIdentity } from '../people/note-identity.ts';

/** One thing that was said in a session, opened. `text` is null for what was not text. */
export interface Said {
  by: 'person' | 'assistant';
  kind: string;
  text: string | null;
}

// What may have reached the person is part of the conversation; what surely did not is no part of it.
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
  const { rows } = await sql<SaidRow>`
    WITH recent AS (
      SELECT id, created_at FROM mayfly.replies
      WHERE session_id = ${sessionId} AND subject_id = ${cipher.subjectId} AND superseded_at IS NULL
        AND ${isOfThisIdentity}
      ORDER BY created_at DESC LIMIT ${turns}
    )
    SELECT said.* FROM recent CROSS JOIN LATERAL (
      SELECT 'person' AS by, recent.created_at, m.id, m.reply_id, m.kind, m.sealed_text, m.sent_at, m.arrival AS place
      FROM mayfly.messages m WHERE m.reply_id = recent.id AND m.kind NOT IN ('unsent', 'phrase', 'overheard')
      UNION ALL
      SELECT 'assistant', recent.created_at, d.id, d.reply_id, 'no text', d.sealed_text, NULL, d.part
      FROM mayfly.deliveries d WHERE d.reply_id = recent.id AND d.state = ANY (${SAID_STATES}::text[])
    ) AS said
    ORDER BY said.created_at, said.reply_id, said.by DESC, said.sent_at, said.place`.execute(trx);
  return joinParts(rows.map((row) => open(cipher, row)));
}

interface SaidRow {
  by: Said['by'];
  id: string;
  reply_id: string;
  kind: string;
  sealed_text: Buffer | null;
}

function open(
  cipher: SubjectCipher,
  { by, id, kind, reply_id: replyId, sealed_text: sealed }: SaidRow,
) {
  const column = by === 'person' ? 'messages.sealed_text' : 'deliveries.sealed_text';
  return { by, kind, replyId, text: sealed && cipher.open(column, id, sealed) };
}

/** The parts of one reply are one thing said. What a human sent through Meta's app need not be text. */
function joinParts(opened: readonly (Said & { replyId: string })[]): Said[] {
  const said: (Said & { replyId: string })[] = [];
  for (const one of opened) {
    const last = said.at(-1);
    if (one.by === 'assistant' && last?.by === 'assistant' && last.replyId === one.replyId)
      last.text = `${last.text}\n${one.text}`;
    else said.push({ ...one });
  }
  return said.map(({ by, kind, text }) => ({
    by,
    kind,
    text: by === 'assistant' ? text || null : text,
  }));
}
