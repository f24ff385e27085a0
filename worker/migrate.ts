import { existsSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { sql } from 'kysely';
import { tellClearTextLinks } from '../lib/clear-text-links.ts';
import { readSettings, SettingsError } from '../lib/config.ts';
import { createKeyRing, FileKeyRing } from '../lib/crypto/file-key-ring.ts';
import { ensureSigningKeys } from '../lib/crypto/signing-keys.ts';
import { createLog } from '../lib/log.ts';
import { explained } from '../lib/outside-error.ts';
import { databaseTrouble } from '../store/database-trouble.ts';
import { connectDatabase } from '../store/database.ts';
import type { Database } from '../store/database.ts';
import { migrateDatabase } from '../store/migrate.ts';
import { refuseToServeRestored } from '../store/erasure/restores.ts';
import { settingFileTrouble } from '../lib/setting-files.ts';
import { exitBecause } from '../lib/process-life.ts';
import { connectionOptions } from '../lib/temporal/connection-options.ts';
import { connectTrouble, namespaceTrouble } from '../lib/temporal/temporal-trouble.ts';
import { createDataConverter } from '../lib/temporal/data-converter.ts';
import { MIGRATE_SETTINGS } from './migrate-settings.ts';
import type { MigrateSettings } from './migrate-settings.ts';
import {
  ensureNamespace,
  ensureSearchAttributes,
  NAMESPACE_RETENTION,
  whileUnknown,
} from './namespaces.ts';
import { ensureSchedules } from './schedules.ts';

const log = createLog('migrate');

/** Brings database, key ring, namespaces and schedules to what this version needs. It may be run at any time. */
async function migrate(): Promise<void> {
  const settings = readSettings(process.env, MIGRATE_SETTINGS);
  tellClearTextLinks(settings, log);
  await explained(databaseTrouble, () => migrateDatabase(settings.DATABASE_URL));
  await withDatabase(settings.DATABASE_URL, (db) =>
    refuseToServeRestored(db, log, () => Promise.resolve()),
  );
  const { KEY_RING_FILE, ROOT_KEY_FILE, SIGNING_KEY_FILE } = settings;
  const files = { KEY_RING_FILE, ROOT_KEY_FILE, SIGNING_KEY_FILE };
  const ring = await explained(settingFileTrouble(files), () => prepareKeys(settings));
  await explained(namespaceTrouble, () => prepareTemporal(settings, ring));
  ring.close();
}

/** Makes the keys where there are none yet, and nothing yet that they should open. */
async function prepareKeys(settings: MigrateSettings): Promise<FileKeyRing> {
  const paths = { ringFile: settings.KEY_RING_FILE, rootKeyFile: settings.ROOT_KEY_FILE };
  if (!existsSync(paths.ringFile)) {
    await refuseIfAnyIn(
      settings.DATABASE_URL,
      'keys.subject_keys',
      'KEY_RING_FILE names no file, but the database holds people: restore the key ring from its backup.',
    );
    createKeyRing(paths);
  }
  if (!existsSync(settings.SIGNING_KEY_FILE)) {
    await refuseIfAnyIn(
      settings.DATABASE_URL,
      'mayfly.ledger_checkpoints',
      'SIGNING_KEY_FILE names no file, but the ledger is signed: restore the keys from their backup, or see docs/certificate.md.',
    );
  }
  await ensureSigningKeys(settings.SIGNING_KEY_FILE, new Date());
  return FileKeyRing.open(paths);
}

/** Brings namespaces, search attributes and schedules to what this version needs. */
async function prepareTemporal(settings: MigrateSettings, ring: FileKeyRing): Promise<void> {
  const options = connectionOptions(settings);
  const connection = await explained(connectTrouble, () => Connection.connect(options));
  const namespaces = {
    conversations: settings.TEMPORAL_CONVERSATIONS_NAMESPACE,
    privacy: settings.TEMPORAL_PRIVACY_NAMESPACE,
  };
  await ensureNamespace(connection, namespaces.conversations, NAMESPACE_RETENTION.conversations);
  await ensureNamespace(connection, namespaces.privacy, NAMESPACE_RETENTION.privacy);
  await whileUnknown(() => ensureSearchAttributes(connection, namespaces.privacy));
  const dataConverter = createDataConverter(ring);
  await whileUnknown(() =>
    ensureSchedules({
      conversations: new Client({ connection, namespace: namespaces.conversations, dataConverter }),
      privacy: new Client({ connection, namespace: namespaces.privacy, dataConverter }),
    }),
  );
  await connection.close();
}

/** New keys beside old data would make what is there unreadable, or no longer verifiable, and look like a success. */
async function refuseIfAnyIn(
  connectionString: string,
  table: 'keys.subject_keys' | 'mayfly.ledger_checkpoints',
  message: string,
): Promise<void> {
  const row = await withDatabase(connectionString, (db) =>
    db
      .selectFrom(table)
      .select(sql`1`.as('one'))
      .limit(1)
      .executeTakeFirst(),
  );
  if (row !== undefined) throw new SettingsError(message);
}

async function withDatabase<T>(
  connectionString: string,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const { db } = connectDatabase({
    connectionString,
    maxConnections: 1,
    onIdleError: () => undefined,
  });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

try {
  await migrate();
  log.info({ event: 'migrated' }, 'database, key ring, namespaces and schedules are up to date');
} catch (error) {
  exitBecause(log, error);
}
