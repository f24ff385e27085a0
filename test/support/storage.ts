import { join } from 'node:path';
import { createKeyRing, FileKeyRing } from '../../lib/crypto/file-key-ring.ts';
import { SubjectKeyCache } from '../../lib/crypto/subject-key-cache.ts';
import { connectDatabase } from '../../store/database.ts';
import { People } from '../../store/people/people.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { testDatabase } from './test-postgres.ts';

/** A database and a key ring for one test file, without any process that uses them. */
export async function createStorage() {
  const folder = temporaryFolder();
  const paths = { ringFile: join(folder, 'ring'), rootKeyFile: join(folder, 'root') };
  createKeyRing(paths);
  const ring = FileKeyRing.open(paths);
  const { connectionString, drop } = await testDatabase();
  const { db } = connectDatabase({
    connectionString,
    maxConnections: 8,
    onIdleError: () => undefined,
  });
  afterAll(async () => {
    await db.destroy();
    await drop();
    ring.close();
  });
  return {
    db,
    ring,
    people: new People({ ring, cache: new SubjectKeyCache({ capacity: 100, now: Date.now }) }),
  };
}
