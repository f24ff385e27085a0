import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { migrateDatabase } from '../../store/migrate.ts';
import { addressOf } from './server-addresses.ts';

const TEMPLATE = 'mayfly_template';
/** Any number of our own: the process that holds it makes the template, the others wait. */
const TEMPLATE_LOCK = 7_301_954;

/** A migrated database for one test file. */
export interface TestDatabase {
  connectionString: string;
  /** Also ends connections that are still open. */
  drop(): Promise<void>;
}

/** A new, migrated, empty database on the run's server: a clone of a template that the first caller of a run migrates. */
export async function testDatabase(): Promise<TestDatabase> {
  await withServer(ensureTemplate);
  return copyOf(TEMPLATE);
}

/** A copy of one that nobody is connected to, made by Postgres, file by file: as it is at this moment. */
export function copyOfDatabase(connectionString: string): Promise<TestDatabase> {
  return copyOf(new URL(connectionString).pathname.slice(1));
}

async function copyOf(original: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withServer(
    async (client) => void (await client.query(`CREATE DATABASE ${name} TEMPLATE ${original}`)),
  );
  return {
    connectionString: urlOf(name),
    drop: () =>
      withServer(
        async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
      ),
  };
}

/** Only a finished template is marked as one, so that a migration that failed is seen again by the next test file. */
async function ensureTemplate(client: pg.Client): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const found = await client.query(
      'SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate',
      [TEMPLATE],
    );
    if (found.rowCount === 1) return;
    await client.query(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${TEMPLATE}`);
    await migrateDatabase(urlOf(TEMPLATE));
    await client.query(`ALTER DATABASE ${TEMPLATE} IS_TEMPLATE true`);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

function urlOf(database: string): string {
  const url = new URL(addressOf('postgresUrl'));
  url.pathname = `/${database}`;
  return url.href;
}

async function withServer(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: addressOf('postgresUrl') });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
