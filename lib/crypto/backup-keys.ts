import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { POLICY } from '../../domain/policy.ts';
import { createDatedKeyFile, DatedKeyFile } from './dated-key-file.ts';
import type { DatedKey } from './dated-key-file.ts';

/** A key seals backups for the first half of its life, so that the newest can be opened for as long again. */
const SEALS_FOR_MS = POLICY.keyBackupMs / 2;

/** Where the keys of key backups lie when no setting says so: beside the root key, away from the ring. */
export function backupKeyFileOf(settings: {
  BACKUP_KEY_FILE?: string | undefined;
  ROOT_KEY_FILE: string;
}): string {
  return settings.BACKUP_KEY_FILE ?? join(dirname(settings.ROOT_KEY_FILE), 'backup-keys');
}

/**
 * The keys that seal key backups. Each is overwritten before it is 48 hours old; what was sealed under it is noise then,
 * wherever copies of it lie (policy D4). Only one process at a time may change the file.
 */
export class BackupKeys {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The key that seals a backup made now; made when the newest has sealed for long enough. */
  forSealing(now: Date): DatedKey {
    if (!existsSync(this.#path)) {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      createDatedKeyFile(this.#path, 'empty', now);
    }
    return this.#open((file) => {
      file.destroyUnless(({ madeAt }) => ageOf(madeAt, now) < POLICY.keyBackupMs);
      const [newest] = file.keys();
      return newest !== undefined && ageOf(newest.madeAt, now) < SEALS_FOR_MS
        ? newest
        : file.add(now);
    });
  }

  /** The key that sealed a backup; null when its time is over, whether or not it was overwritten yet. */
  find({ generation, madeAt }: Omit<DatedKey, 'key'>, now: Date): DatedKey | null {
    if (!existsSync(this.#path)) return null;
    const found = this.#open((file) => file.keys()).find(
      (key) => key.generation === generation && key.madeAt.getTime() === madeAt.getTime(),
    );
    return found === undefined || ageOf(found.madeAt, now) >= POLICY.keyBackupMs ? null : found;
  }

  /** Whether any backup can be opened now. */
  isInUse(now: Date): boolean {
    if (!existsSync(this.#path)) return false;
    return this.#open((file) => file.keys()).some(
      ({ madeAt }) => ageOf(madeAt, now) < POLICY.keyBackupMs,
    );
  }

  /** Overwrites keys that are older than this; returns how many. */
  destroyOlderThan(ageMs: number, now: Date): number {
    if (!existsSync(this.#path)) return 0;
    return this.#open((file) => file.destroyUnless(({ madeAt }) => ageOf(madeAt, now) < ageMs));
  }

  #open<T>(use: (file: DatedKeyFile) => T): T {
    const file = DatedKeyFile.open(this.#path);
    try {
      return use(file);
    } finally {
      file.close();
    }
  }
}

function ageOf(madeAt: Date, now: Date): number {
  return now.getTime() - madeAt.getTime();
}
