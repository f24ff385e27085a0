import { HOUR_MS } from '../domain/durations.ts';
import { POLICY } from '../domain/policy.ts';
import type { BackupKeys } from '../lib/crypto/backup-keys.ts';
import type { FileKeyRing } from '../lib/crypto/file-key-ring.ts';
import { lockBackupKeys } from '../store/keys/backup-lock.ts';
import type { Database } from '../store/database.ts';
import { rotateRootKey } from '../store/keys/rotate-root-key.ts';
import { inTransaction } from '../store/transaction.ts';

/** What keeps keys from growing old. Each can be repeated, and goes on where it was killed. */
export interface KeyActivities {
  /** Overwrites the keys of key backups whose time is up; returns how many. */
  expireBackupKeys(): Promise<{ expired: number }>;
  /** Replaces the key that seals the ring, when it is about to be a day old. */
  replaceRootKey(): Promise<{ replaced: boolean }>;
}

/** An hour until the next run, and an hour for one that comes late. */
const SOON_MS = 2 * HOUR_MS;

export function createKeyActivities(deps: {
  db: Database;
  ring: FileKeyRing;
  backupKeys: BackupKeys;
}): KeyActivities {
  const { db, ring, backupKeys } = deps;
  return {
    expireBackupKeys: () =>
      inTransaction(db, async (trx) => {
        await lockBackupKeys(trx);
        const expired = backupKeys.destroyOlderThan(POLICY.keyBackupMs - SOON_MS, new Date());
        return { expired };
      }),

    replaceRootKey: async () => {
      const allowedAgeMs = POLICY.rootKeyMs - SOON_MS;
      const outcome = await rotateRootKey(db, ring, {
        now: new Date(),
        allowedAgeMs,
      });
      return { replaced: outcome === 'replaced' };
    },
  };
}
