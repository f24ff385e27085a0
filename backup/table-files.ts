import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { sql } from 'kysely';
import type { InTransaction } from '../store/database.ts';

const ROWS_A_FETCH = 2_000;

/** Writes every row of a table as a line of JSON, compressed; the file is readable by its owner alone, and synced. */
export async function writeTable(
  trx: InTransaction,
  table: string,
  path: string,
  onRows: (rows: number) => void,
): Promise<{ rows: number; sha256: string }> {
  let rows = 0;
  async function* lines(): AsyncGenerator<string> {
    await sql`DECLARE backup_rows NO SCROLL CURSOR FOR
      SELECT row_to_json(t)::text AS line FROM ${sql.table(table)} AS t`.execute(trx);
    for (;;) {
      const fetched = await sql<{ line: string }>`
        FETCH ${sql.lit(ROWS_A_FETCH)} FROM backup_rows`.execute(trx);
      if (fetched.rows.length === 0) break;
      rows += fetched.rows.length;
      onRows(fetched.rows.length);
      yield `${fetched.rows.map(({ line }) => line).join('\n')}\n`;
    }
    await sql`CLOSE backup_rows`.execute(trx);
  }
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(
    Readable.from(lines()),
    createGzip(),
    hashing,
    createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true }),
  );
  return { rows, sha256: hash.digest('hex') };
}

/** The SHA-256 of a file, in hex. */
export async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The rows of such a file, some at a time, each as its line of JSON. */
export async function* readTable(path: string, atATime: number): AsyncGenerator<string[]> {
  const input = createReadStream(path).pipe(createGunzip());
  let held: string[] = [];
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    held.push(line);
    if (held.length < atATime) continue;
    yield held;
    held = [];
  }
  if (held.length > 0) yield held;
}
