import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { createKeyRing, FileKeyRing } from '../../../lib/crypto/file-key-ring.ts';
import { CodeHash } from '../../../lib/crypto/request-codes.ts';
import { SubjectKeyCache } from '../../../lib/crypto/subject-key-cache.ts';
import { connectDatabase } from '../../../store/database.ts';
import type { Database } from '../../../store/database.ts';
import { People } from '../../../store/people/people.ts';
import { Tombstones } from '../../../store/erasure/tombstones.ts';
import type { IngestDeps } from '../../../api/webhooks/ingest-deps.ts';
import { openVirtualClock } from './virtual-clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What all scenarios share: a database whose clock is ours, and keys. Each brings its own accounts and people. */
export interface ModelStage {
  db: Database;
  people: People;
  clock: VirtualClock;
  ingest: IngestDeps;
  close(): Promise<void>;
}

/** Longer than any scenario lasts: a person who was handed over to a human stays with them. */
export const HUMAN_PAUSE_MS = 30 * 24 * 3_600_000;

/** Takes the process's clock over until it is closed; the database is migrated, and used by nobody else. */
export async function openModelStage(connectionString: string): Promise<ModelStage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mayfly-model-'));
  const paths = { ringFile: path.join(folder, 'ring'), rootKeyFile: path.join(folder, 'root') };
  createKeyRing(paths);
  const ring = FileKeyRing.open(paths);
  const client = new pg.Client({ connectionString });
  await client.connect();
  const clock = await openVirtualClock(client, new URL(connectionString).pathname.slice(1));
  const { db } = connectDatabase({
    connectionString,
    maxConnections: 4,
    onIdleError: () => undefined,
  });
  const people = new People({ ring, cache: new SubjectKeyCache({ capacity: 100, now: Date.now }) });
  return {
    db,
    people,
    clock,
    ingest: {
      db,
      people,
      tombstones: new Tombstones(ring),
      codeHash: new CodeHash(ring),
      languages: ['en'],
      humanPauseMs: HUMAN_PAUSE_MS,
    },
    close: async () => {
      clock.close();
      await db.destroy();
      await client.end();
      ring.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
