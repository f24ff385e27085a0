import pg from 'pg';

/** Where a connection string leads, and whether nobody on the way can read along. */
export interface LinkToPostgres {
  host: string;
  isProtected: boolean;
}

/**
 * Reads a connection string by the rules of the client that will use it, `PGHOST` and `PGSSLMODE` among them. A link
 * whose certificate is not checked is not protected: it is encrypted, but for anyone who answers. Null when it cannot
 * be read.
 */
export function linkToPostgres(connectionString: string): LinkToPostgres | null {
  try {
    const { host, ssl } = new pg.Client({ connectionString }) as unknown as {
      host: string;
      ssl: boolean | { rejectUnauthorized?: boolean };
    };
    const isChecked = typeof ssl !== 'object' || ssl.rejectUnauthorized !== false;
    return { host, isProtected: host.startsWith('/') || (ssl !== false && isChecked) };
  } catch {
    return null;
  }
}
