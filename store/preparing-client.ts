import { createHash } from 'node:crypto';
import pg from 'pg';

/** The most statements that a connection keeps: queries whose text is different each time must not fill its memory. */
const MOST_STATEMENTS = 400;
/** A longer text is a bulk statement, whose plan is not worth keeping. */
const LONGEST_TEXT = 4_000;

type Query = (config: unknown, ...rest: unknown[]) => unknown;

/**
 * A connection on which a statement with parameters is parsed and planned once, and then only executed: on the path of
 * a message, parsing and planning cost Postgres more than the execution (docs/performance.md). A name is made from the
 * statement's text, so that it means the same on every connection of the server.
 */
export class PreparingClient extends pg.Client {
  readonly #names = new Map<string, string>();
  /** Until it is known that the other end is the server itself, nothing is prepared. */
  #isDirect = false;

  // Declared as a property because its overloads cannot be listed, and pg's callers use several of them.
  override query: pg.Client['query'] = ((text: unknown, values?: unknown, ...rest: unknown[]) => {
    const ask = super.query.bind(this) as Query;
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0)
      return ask(text, values, ...rest);
    return ask({ text, values, name: this.#nameOf(text) }, ...rest);
  }) as pg.Client['query'];

  /**
   * Whether the other end is the server itself; from then on statements are prepared. A pooler gives numbers of its own to its
   * connections, and may run each transaction on another one of the server, which knows nothing of what was prepared.
   */
  async prepareIfDirect(): Promise<boolean> {
    const { rows } = await this.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const { processID } = this as unknown as { processID: number | null };
    this.#isDirect = processID !== null && rows[0]?.pid === processID;
    return this.#isDirect;
  }

  /** The name under which this connection prepares a statement; undefined when it is not prepared. */
  #nameOf(text: string): string | undefined {
    if (!this.#isDirect) return undefined;
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= MOST_STATEMENTS || text.length > LONGEST_TEXT)
      return known;
    const name = `mayfly_${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
    this.#names.set(text, name);
    return name;
  }
}
