import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createKeyRing, FileKeyRing } from '../../lib/crypto/file-key-ring.ts';
import type { KeyRing } from '../../lib/crypto/key-ring.ts';
import { connectDatabase } from '../../store/database.ts';
import type { Database } from '../../store/database.ts';
import { migrateDatabase } from '../../store/migrate.ts';
import type { Bench } from '../bench.ts';

export interface Storage {
  db: Database;
  ring: KeyRing;
}

/** A fresh database with a key ring and no process of Mayfly: for what the worker's functions cost by themselves. */
export async function withStorage<Result>(
  { folder, postgres, report }: Bench,
  work: (storage: Storage) => Promise<Result>,
): Promise<Result> {
  const suffix = randomUUID().slice(0, 8);
  const own = path.join(folder, `storage-${suffix}`);
  mkdirSync(own, { recursive: true });
  await postgres.ensureDatabase(`bench_${suffix}`);
  const connectionString = postgres.connectionString(`bench_${suffix}`);
  await migrateDatabase(connectionString);
  const paths = { ringFile: path.join(own, 'ring'), rootKeyFile: path.join(own, 'root') };
  createKeyRing(paths);
  const ring = FileKeyRing.open(paths);
  const { db } = connectDatabase({
    connectionString,
    maxConnections: 8,
    onIdleError: ({ message }) => report(message),
  });
  try {
    return await work({ db, ring });
  } finally {
    await db.destroy();
    ring.close();
  }
}
