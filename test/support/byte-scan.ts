import { sql } from 'kysely';
import type { Database } from '../../store/database.ts';

/** Every row of every table of the database, whatever it is, as one text; bytes stand there in hex. */
export async function dumpRows(db: Database): Promise<string> {
  const { rows: tables } = await sql<{ name: string }>`
    SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`.execute(
    db,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql<{
      row: string;
    }>`SELECT t::text AS row FROM ${sql.raw(name)} AS t`.execute(db);
    texts.push(name, ...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

/** Those of the words that are in the text: as they are, in any case, or as base64 or hex of their bytes. */
export function wordsIn(text: string, words: readonly string[]): string[] {
  const small = text.toLowerCase();
  return words.filter((word) => {
    const bytes = Buffer.from(word, 'utf8');
    return (
      small.includes(word.toLowerCase()) ||
      small.includes(bytes.toString('hex')) ||
      inBase64(bytes).some((form) => text.includes(form))
    );
  });
}

/** Wherever they begin among other bytes: the letters of base64 that these bytes alone decide, in both alphabets. */
function inBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const decided = (encoded: string) =>
      encoded.slice(Math.ceil((offset * 8) / 6), Math.floor((padded.length * 8) / 6));
    return [decided(padded.toString('base64')), decided(padded.toString('base64url'))];
  });
}
