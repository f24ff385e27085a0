import pg from 'pg';

/** Throws while anybody else is connected to the database: what they do would be lost, or mixed with what is put back. */
export async function refuseIfInUse(connectionString: string): Promise<void> {
  const others = await ask<number>(
    connectionString,
    `SELECT count(*)::integer AS answer FROM pg_stat_activity
      WHERE datname = current_database() AND usename IS NOT NULL AND pid <> pg_backend_pid()`,
  );
  if (others > 0)
    throw new Error(
      `The database is in use by ${others} other ${others === 1 ? 'connection' : 'connections'}: stop npm start, or api and worker, first`,
    );
}

/** Whether the key of anybody is in the database. */
export function hasAnyKeys(connectionString: string): Promise<boolean> {
  return ask<boolean>(connectionString, 'SELECT EXISTS (SELECT FROM keys.subject_keys) AS answer');
}

async function ask<T>(connectionString: string, question: string): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ answer: T }>(question);
    const [row] = rows;
    if (row === undefined) throw new Error('the database did not answer');
    return row.answer;
  } finally {
    await client.end();
  }
}
