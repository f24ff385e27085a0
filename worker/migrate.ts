import { existsSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { readSettings, SettingsError } from '../lib/config.ts';
import { createKeyRing, FileKeyRing } from '../lib/crypto/file-key-ring.ts';
import { createLog } from '../lib/log.ts';
import { connectDatabase } from '../lib/postgres/database.ts';
import { migrateDatabase } from '../lib/postgres/migrate.ts';
import { exitBecause } from '../lib/process-life.ts';
import { connectionOptions } from '../lib/temporal/connection-options.ts';
import { createDataConverter } from '../lib/temporal/data-converter.ts';
import { ensureNamespace, NAMESPACE_RETENTION } from './namespaces.ts';
import { ensureSchedules } from './schedules.ts';

const log = createLog('migrate');

/** Brings database, key ring, namespaces and schedules to what this version needs. It may be run at any time. */
async function migrate(): Promise<void> {
  const settings = readSettings(process.env, [
    'DATABASE_URL',
    'TEMPORAL_ADDRESS',
    'TEMPORAL_API_KEY',
    'TEMPORAL_TLS_SERVER_CA_FILE',
    'TEMPORAL_TLS_CERT_FILE',
    'TEMPORAL_TLS_KEY_FILE',
    'TEMPORAL_CONVERSATIONS_NAMESPACE',
    'TEMPORAL_PRIVACY_NAMESPACE',
    'KEY_RING_FILE',
    'ROOT_KEY_FILE',
  ]);
  await migrateDatabase(settings.DATABASE_URL);
  const paths = { ringFile: settings.KEY_RING_FILE, rootKeyFile: settings.ROOT_KEY_FILE };
  if (!existsSync(paths.ringFile)) {
    await refuseIfPeopleExist(settings.DATABASE_URL);
    createKeyRing(paths);
  }
  const ring = FileKeyRing.open(paths);
  const connection = await Connection.connect(connectionOptions(settings));
  const namespace = settings.TEMPORAL_CONVERSATIONS_NAMESPACE;
  await ensureNamespace(connection, namespace, NAMESPACE_RETENTION.conversations);
  await ensureNamespace(
    connection,
    settings.TEMPORAL_PRIVACY_NAMESPACE,
    NAMESPACE_RETENTION.privacy,
  );
  await ensureSchedules(
    new Client({ connection, namespace, dataConverter: createDataConverter(ring) }),
  );
  await connection.close();
  ring.close();
}

/** A new ring beside old data would make everything unreadable and look like a success. */
async function refuseIfPeopleExist(connectionString: string): Promise<void> {
  const { db } = connectDatabase({
    connectionString,
    maxConnections: 1,
    onIdleError: () => undefined,
  });
  const known = await db
    .selectFrom('keys.subject_keys')
    .select('subject_id')
    .limit(1)
    .executeTakeFirst();
  await db.destroy();
  if (known === undefined) return;
  throw new SettingsError(
    'KEY_RING_FILE names no file, but the database holds people: restore the key ring from its backup.',
  );
}

try {
  await migrate();
  log.info({ event: 'migrated' }, 'database, key ring, namespaces and schedules are up to date');
} catch (error) {
  exitBecause(log, error);
}
