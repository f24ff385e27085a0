import pg from 'pg';
import type { EmbeddedPostgres } from '../../local/postgres/embedded-server.ts';

/** A database of the benchmark's Postgres, and what it grows by. */
export interface BenchDatabase {
  connectionString: string;
  processes(): Record<string, number>;
  /** Bytes of the database's files, and of write-ahead log written since the server was made. */
  bytes(): Promise<{ data: number; wal: number }>;
  query(text: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function openBenchDatabase(
  server: EmbeddedPostgres,
  name: string,
): Promise<BenchDatabase> {
  await server.ensureDatabase(name);
  const client = new pg.Client({ connectionString: server.connectionString(name) });
  await client.connect();
  const query = async (text: string) => (await client.query<Record<string, unknown>>(text)).rows;
  return {
    connectionString: server.connectionString(name),
    processes: () => ({ postgres: server.pid }),
    query,
    bytes: async () => {
      const [row = {}] = await query(
        `SELECT pg_database_size(current_database()) AS data, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS wal`,
      );
      return { data: Number(row['data']), wal: Number(row['wal']) };
    },
    close: () => client.end(),
  };
}
