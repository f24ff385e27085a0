import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../local/postgres/embedded-server.ts';
import { migrateDatabase } from '../../store/migrate.ts';
import { freePorts } from '../system/free-ports.ts';
import { tryScenarios } from './model/try-scenarios.ts';
import type { BrokenScenario } from './model/try-scenarios.ts';

const ENDINGS = ['SIGINT', 'SIGTERM'] as const;

/** Plays scenarios on a Postgres of their own, which is gone afterwards. Returns the first that is broken. */
export async function runModel(
  seeds: { first: number; count: number },
  onSeed: (seed: number) => void,
): Promise<BrokenScenario | null> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mayfly-model-'));
  const [port = 0] = await freePorts(1);
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(folder, 'postgres'),
    port,
    report: () => undefined,
    durable: false,
    detached: true,
  });
  const giveUp = () => {
    postgres.kill();
    process.exit(1);
  };
  // Stopping the program stops its Postgres.
  for (const signal of ENDINGS) process.once(signal, giveUp);
  try {
    await postgres.ensureDatabase('model');
    const connectionString = postgres.connectionString('model');
    await migrateDatabase(connectionString);
    return await tryScenarios(connectionString, seeds, onSeed);
  } finally {
    for (const signal of ENDINGS) process.off(signal, giveUp);
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
