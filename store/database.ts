import { Kysely, PostgresDialect } from 'kysely';
import type { Generated, Transaction } from 'kysely';
import pg from 'pg';
import type { Defaulted, Tables } from '../domain/tables.ts';
import { PreparingClient } from './preparing-client.ts';

type Columns<Row> = {
  [Name in keyof Row]: Row[Name] extends Defaulted<infer Value> ? Generated<Value> : Row[Name];
};
export type Schema = { [Name in keyof Tables]: Columns<Tables[Name]> };
export type Database = Kysely<Schema>;
export type InTransaction = Transaction<Schema>;

export interface DatabaseOptions {
  connectionString: string;
  maxConnections: number;
  /** Told when an idle connection breaks; the pool replaces it by itself. */
  onIdleError: (error: Error) => void;
  /** Asked on each new connection; an error closes it, and the query that wanted it fails with that error. */
  verify?: (connection: pg.PoolClient) => Promise<void>;
}

/** A pool of connections and typed queries over it. Names the process in `pg_stat_activity`. */
export function connectDatabase(options: DatabaseOptions): { db: Database; pool: pg.Pool } {
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString: options.connectionString,
    max: options.maxConnections,
    connectionTimeoutMillis: 5_000,
    application_name: 'mayfly',
    // What is asked on each new connection is asked again this often, even behind a pooler, which keeps its connections
    // open while it changes those to the server.
    maxLifetimeSeconds: 600,
    verify: (connection: pg.PoolClient, done: (error?: Error) => void) =>
      void prepareConnection(options.verify, connection, done),
  } as pg.PoolConfig);
  pool.on('error', options.onIdleError);
  // A connection that is in use reports its end to the next query on it, and the pool listens only to idle ones:
  // without a listener, the end of one would be the end of the process.
  pool.on('connect', (connection) => void connection.on('error', () => undefined));
  return { db: new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }), pool };
}

/** What a session keeps is set on a connection of our own alone. One of a pooler's is shared, and keeps what its role has. */
async function setUp(connection: PreparingClient): Promise<void> {
  if (!(await connection.prepareIfDirect())) return;
  // A query that hangs must become a 503 while Meta still waits for its answer.
  await connection.query(
    "SELECT set_config('statement_timeout', '15s', false), set_config('idle_in_transaction_session_timeout', '30s', false)",
  );
}

async function prepareConnection(
  verify: DatabaseOptions['verify'],
  connection: pg.PoolClient,
  done: (error?: Error) => void,
): Promise<void> {
  let failure: Error | undefined;
  try {
    await setUp(connection as pg.PoolClient & PreparingClient);
    await verify?.(connection);
  } catch (error) {
    failure = error instanceof Error ? error : new Error('a new connection was refused');
  }
  done(failure);
}
