import { sql } from 'kysely';
import { plainWords } from '../../domain/same-words.ts';
import type { ReplyOrigin } from '../../domain/standing.ts';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { InTransaction } from '../database.ts';
import { isOfThisIdentity } from '../people/note-identity.ts';

/** What was written, as far as saying the same again goes. */
export interface Written {
  kind: string;
  text: string | null;
}

/** A reply, and what it answered. */
export interface Answered {
  origin: ReplyOrigin;
  ageMs: number;
  messages: Written[];
}

/** The person's last turns of this day, the newest first. */
export async function readLastTurns(
  trx: InTransaction,
  cipher: SubjectCipher,
  turns: number,
): Promise<Answered[]> {
  const { rows } = await sql<Row>`
    SELECT r.id AS reply_id, r.origin, m.id, m.kind, m.sealed_text,
      extract(epoch FROM now() - r.created_at)::float8 * 1000 AS age_ms
    FROM (
      SELECT id, origin, created_at FROM mayfly.replies
      WHERE subject_id = ${cipher.subjectId} AND superseded_at IS NULL AND created_at > now() - interval '1 day'
        AND ${isOfThisIdentity}
      ORDER BY created_at DESC LIMIT ${turns}
    ) AS r LEFT JOIN mayfly.messages m ON m.reply_id = r.id
    ORDER BY r.created_at DESC`.execute(trx);
  const answered = new Map<string, Answered>();
  for (const row of rows) {
    const { reply_id: replyId, origin, age_ms: ageMs, id, kind, sealed_text: sealed } = row;
    const turn = answered.get(replyId) ?? { origin, ageMs, messages: [] };
    answered.set(replyId, turn);
    if (id === null || kind === null) continue;
    const text = sealed && cipher.open('messages.sealed_text', id, sealed);
    turn.messages.push({ kind, text });
  }
  return [...answered.values()];
}

interface Row {
  reply_id: string;
  origin: ReplyOrigin;
  age_ms: number;
  id: string | null;
  kind: string | null;
  sealed_text: Buffer | null;
}

/** Whether all of these say nothing but what those say, in any case and with any signs around it. */
export function saysTheSame(these: readonly Written[], those: readonly Written[]): boolean {
  const said = new Set(those.map(sayingOf));
  return these.length > 0 && these.every((one) => said.has(sayingOf(one)));
}

function sayingOf({ kind, text }: Written): string {
  if (text === null) return `(${kind})`;
  const words = plainWords(text).toLowerCase();
  // Signs alone, such as a row of hearts, count as words.
  return words.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim() || words;
}
