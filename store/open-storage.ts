import { FileKeyRing } from '../lib/crypto/file-key-ring.ts';
import { SubjectKeyCache } from '../lib/crypto/subject-key-cache.ts';
import { erasureListFileOf } from '../lib/erasure-list.ts';
import type { Log } from '../lib/log.ts';
import { withSettingFiles } from '../lib/setting-files.ts';
import { connectDatabase } from './database.ts';
import { forgetErasedKeys } from './keys/forget-erased-keys.ts';
import { People } from './people/people.ts';
import { refuseToServeRestored } from './erasure/restores.ts';
import { createServingGuard } from './serving-guard.ts';

/** Where the data lie, and the keys that open them. */
export interface StorageSettings {
  DATABASE_URL: string;
  KEY_RING_FILE: string;
  ROOT_KEY_FILE: string;
  ERASURE_LIST_FILE?: string | undefined;
}

const CACHED_KEYS = 20_000;
const SWEEP_MS = 5_000;

/**
 * Opens the database together with the key ring. Throws `SettingsError` when it is a copy from which nobody may be served;
 * a database that cannot be asked yet is asked again by each connection.
 */
export async function openStorage(
  settings: StorageSettings,
  { maxConnections, log }: { maxConnections: number; log: Log },
) {
  const { KEY_RING_FILE, ROOT_KEY_FILE } = settings;
  const ring = withSettingFiles({ KEY_RING_FILE, ROOT_KEY_FILE }, () =>
    FileKeyRing.open({ ringFile: KEY_RING_FILE, rootKeyFile: ROOT_KEY_FILE }),
  );
  const cache = new SubjectKeyCache({ capacity: CACHED_KEYS, now: Date.now });
  const { db, pool } = connectDatabase({
    connectionString: settings.DATABASE_URL,
    maxConnections,
    onIdleError: (error) => log.warn({ error }, 'a database connection was lost'),
    verify: createServingGuard(ring, erasureListFileOf(settings)),
  });
  let isAsking = false;
  const sweep = setInterval(() => {
    cache.sweep();
    if (isAsking) return;
    isAsking = true;
    void forgetErasedKeys(db, cache).finally(() => (isAsking = false));
  }, SWEEP_MS);
  const close = async () => {
    clearInterval(sweep);
    await db.destroy();
    ring.close();
  };
  await refuseToServeRestored(db, log, close);
  return { ring, cache, db, pool, people: new People({ ring, cache }), close };
}
