/** `npm run backup -- DIR [--keys-only]`: a backup of data and keys, or of the keys alone, in a new folder. */
import { parseArgs } from 'node:util';
import { writeBackup } from './write-backup.ts';
import { BackupKeys } from '../lib/crypto/backup-keys.ts';
import { FileKeyRing } from '../lib/crypto/file-key-ring.ts';
import { ensureErasureList } from '../lib/erasure-list.ts';
import { connectDatabase } from '../store/database.ts';
import { readInstallation } from './installation.ts';
import { runCommand } from './run-command.ts';

await runCommand(async (report) => {
  const { values, positionals } = parseArgs({
    options: { 'keys-only': { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1)
    throw new Error('Name the folder to write: npm run backup -- DIR [--keys-only]');
  const installation = readInstallation(process.env);
  const ring = FileKeyRing.open(installation);
  const { db } = connectDatabase({
    connectionString: installation.databaseUrl,
    maxConnections: 2,
    onIdleError: () => undefined,
  });
  try {
    ensureErasureList(installation.erasureListFile);
    const { data, keys } = await writeBackup(
      {
        db,
        ring,
        backupKeys: new BackupKeys(installation.backupKeyFile),
        signingKeyFile: installation.signingKeyFile,
        report,
      },
      { folder, scope: values['keys-only'] ? 'keys' : 'data and keys', now: new Date() },
    );
    const rows = data?.tables.reduce((sum, table) => sum + table.rows, 0);
    const what = rows === undefined ? 'keys alone' : `rows ${rows}`;
    report(
      `backed up: ${what}, keys ${keys.subjectKeys}; the keys can be restored until ${keys.opensUntil}`,
    );
  } finally {
    await db.destroy();
    ring.close();
  }
});
