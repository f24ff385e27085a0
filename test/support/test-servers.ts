import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../local/postgres/embedded-server.ts';
import { findTestServer } from '../../local/temporal/temporal-binaries.ts';
import { openDataFolder } from '../../local/data-folder.ts';
import {
  createProcessRecord,
  stopSurvivors,
  type ProcessRecord,
} from '../../local/process-record.ts';
import { freePort, startTemporal } from './temporal-dev-server.ts';

const FOLDER_PREFIX = 'mayfly-servers-';

/** The servers of one run of the tests, and where its test files find them. */
export interface TestServers {
  addresses: Record<
    'postgresUrl' | 'temporalAddress' | 'shortRunsAddress' | 'testServerPath',
    string
  >;
  stop(): Promise<void>;
  /** For an end that leaves no time: the next run clears up. */
  kill(): void;
}

/** What makes a Temporal server advise to continue as new after each turn. */
const SHORT_RUNS = { 'limit.historyCount.suggestContinueAsNew': 1 };

/** Starts one Postgres and two Temporal dev servers, all empty and gone afterwards, for all test files of a run. */
export async function startTestServers(): Promise<TestServers> {
  const report = (line: string) => process.stderr.write(`${line}\n`);
  await clearUpAfterKilledRuns(report);
  const folder = mkdtempSync(path.join(tmpdir(), FOLDER_PREFIX));
  openDataFolder(folder);
  const recordFile = path.join(folder, 'processes.json');
  const record = createProcessRecord(recordFile);
  const starting = [
    startPostgres(folder, record),
    startTemporal({ folder, record, report }),
    startTemporal({ folder, record, report, advice: SHORT_RUNS }),
    findTestServer(report),
  ] as const;
  const [postgres, temporal, shortRuns, testServerPath] = await Promise.all(starting).catch(
    async (error: unknown) => {
      await Promise.allSettled(starting);
      await stopSurvivors(recordFile, report);
      throw error;
    },
  );
  return {
    addresses: {
      postgresUrl: postgres.connectionString('postgres'),
      temporalAddress: temporal.address,
      shortRunsAddress: shortRuns.address,
      testServerPath,
    },
    stop: async () => {
      await Promise.all([postgres.stop(), temporal.running.stop(), shortRuns.running.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
    kill: () => {
      postgres.kill();
      temporal.running.kill();
      shortRuns.running.kill();
    },
  };
}

async function startPostgres(folder: string, record: ProcessRecord) {
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(folder, 'postgres'),
    port: await freePort(),
    report: () => undefined,
    durable: false,
    detached: true,
  });
  record.add({ name: 'Postgres', pid: postgres.pid, stopSignal: 'SIGINT' });
  return postgres;
}

/** A run that was killed leaves its servers running and its folder behind, recognisable by a holder that is dead. */
async function clearUpAfterKilledRuns(report: (line: string) => void): Promise<void> {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(FOLDER_PREFIX));
  for (const folder of folders.map((name) => path.join(tmpdir(), name))) {
    try {
      openDataFolder(folder);
    } catch {
      // Another run holds it, or another user owns it.
      continue;
    }
    await stopSurvivors(path.join(folder, 'processes.json'), report);
    rmSync(folder, { recursive: true, force: true });
  }
}
