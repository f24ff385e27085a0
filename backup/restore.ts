/** `npm run restore -- DIR [--keys DIR] [--replace] [--put-back] [--erasure-list-lost]`; without the first DIR the data stays. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { restoreBackup } from './restore-backup.ts';
import { BackupKeys } from '../lib/crypto/backup-keys.ts';
import { createKeyRing, FileKeyRing } from '../lib/crypto/file-key-ring.ts';
import { connectDatabase } from '../store/database.ts';
import { migrateDatabase } from '../store/migrate.ts';
import { hasAnyKeys, refuseIfInUse } from '../store/in-use.ts';
import { readInstallation } from './installation.ts';
import { runCommand } from './run-command.ts';

await runCommand(async (report) => {
  const { values, positionals } = parseArgs({
    options: {
      keys: { type: 'string' },
      replace: { type: 'boolean', default: false },
      'put-back': { type: 'boolean', default: false },
      'erasure-list-lost': { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const isPutBack = values['put-back'];
  const names = positionals.length > 0 || values.keys !== undefined || isPutBack;
  if (!names || positionals.length > (isPutBack ? 0 : 1))
    throw new Error(
      'Name the folder of a backup: npm run restore -- DIR [--keys DIR] [--replace]; or, where another tool has put the data back, none: --put-back [--keys DIR] [--replace]',
    );
  const installation = readInstallation(process.env);
  await refuseIfInUse(installation.databaseUrl);
  await migrateDatabase(installation.databaseUrl);
  if (!existsSync(installation.ringFile)) {
    if (!values.replace && (await hasAnyKeys(installation.databaseUrl)))
      throw new Error(
        `There is no key ring at ${installation.ringFile}, but the database has keys: put the ring back, or correct the path. If it is lost for good, add --replace`,
      );
    report('keys: making a new key ring, because there is none');
    createKeyRing(installation);
  }
  const ring = FileKeyRing.open(installation);
  const { db } = connectDatabase({
    connectionString: installation.databaseUrl,
    maxConnections: 4,
    onIdleError: () => undefined,
  });
  try {
    const { erasedAgain, keys } = await restoreBackup(
      {
        ...installation,
        db,
        ring,
        backupKeys: new BackupKeys(installation.backupKeyFile),
        report,
      },
      {
        folder: positionals[0] ?? null,
        keysFolder: values.keys ?? null,
        replaces: values.replace,
        isPutBack,
        listIsLost: values['erasure-list-lost'],
        now: new Date(),
      },
    );
    report(`restored: keys that open ${keys}, people erased again ${erasedAgain}`);
  } finally {
    await db.destroy();
    ring.close();
  }
});
