import { checkpointFileOf } from '../lib/checkpoint-file.ts';
import { readSettings } from '../lib/config.ts';
import { backupKeyFileOf } from '../lib/crypto/backup-keys.ts';
import { erasureListFileOf } from '../lib/erasure-list.ts';

/** Where everything is that a backup is made of. */
export interface Installation {
  databaseUrl: string;
  ringFile: string;
  rootKeyFile: string;
  signingKeyFile: string;
  backupKeyFile: string;
  checkpointFile: string;
  erasureListFile: string;
}

/** The installation that the settings mean. @throws SettingsError that names each one that is missing. */
export function readInstallation(
  environment: Readonly<Record<string, string | undefined>>,
): Installation {
  const settings = readSettings(environment, [
    'DATABASE_URL',
    'KEY_RING_FILE',
    'ROOT_KEY_FILE',
    'SIGNING_KEY_FILE',
    'BACKUP_KEY_FILE',
    'LEDGER_CHECKPOINT_FILE',
    'ERASURE_LIST_FILE',
  ]);
  return {
    databaseUrl: settings.DATABASE_URL,
    ringFile: settings.KEY_RING_FILE,
    rootKeyFile: settings.ROOT_KEY_FILE,
    signingKeyFile: settings.SIGNING_KEY_FILE,
    backupKeyFile: backupKeyFileOf(settings),
    checkpointFile: checkpointFileOf(settings),
    erasureListFile: erasureListFileOf(settings),
  };
}
