import path from 'node:path';
import { PROCESS_RECORD } from './recorded-processes.ts';
import { addressList } from './address-list.ts';
import { openDataFolder, type DataFolder } from './data-folder.ts';
import { localEnvironment } from './local-environment.ts';
import { localParts, type LocalPrograms } from './local-parts.ts';
import { isGiven, planLocal, type Environment } from './local-plan.ts';
import { choosePorts } from './local-ports.ts';
import { loadLocalSecrets } from './local-secrets.ts';
import { createProcessRecord, stopSurvivors, type ProcessRecord } from './process-record.ts';
import { failureOf, type Failure } from './service.ts';
import { supervise, type Supervision } from './supervisor.ts';

/** A start on one machine. */
export interface LocalStart {
  environment: Environment;
  /** Absolute. */
  checkout: string;
  programs: LocalPrograms;
  report: (line: string) => void;
  /** Aborted when everything is to be stopped. */
  signal: AbortSignal;
  /** Gets what ends every child at once, as soon as there may be any. */
  onStarted: (supervision: Supervision) => void;
}

/** Brings everything up, keeps it up until `signal` aborts, and stops it. Returns the exit code. */
export async function runLocally(start: LocalStart): Promise<0 | 1> {
  const dataDir = path.resolve(start.environment['DATA_DIR'] || path.join(start.checkout, '.data'));
  let folder: DataFolder | null = null;
  try {
    folder = openDataFolder(dataDir);
    return await runIn(folder, start);
  } catch (error) {
    tell(failureOf(error), start.report);
    return 1;
  } finally {
    folder?.release();
  }
}

async function runIn(folder: DataFolder, start: LocalStart): Promise<0 | 1> {
  const { report, signal } = start;
  const recordFile = path.join(folder.path, PROCESS_RECORD);
  // Before the ports are looked at: they may be held by what an earlier start left running.
  await stopSurvivors(recordFile, report);
  for (;;) {
    const failure = await runOnce(folder.path, createProcessRecord(recordFile), start);
    if (failure === null) {
      report('stopped');
      return 0;
    }
    tell(failure, report);
    if (failure.isPortTaken !== true || signal.aborted) return 1;
    report('starting again, with ports that are free now');
  }
}

/** Chooses ports, brings everything up, and returns why it was stopped; null when that was asked for. */
async function runOnce(
  dataDir: string,
  record: ProcessRecord,
  start: LocalStart,
): Promise<Failure | null> {
  const { environment: given, checkout, report, signal } = start;
  const plan = planLocal(given);
  const ports = await choosePorts(given, plan, report);
  const secrets = loadLocalSecrets(path.join(dataDir, 'local-secrets.json'));
  const facts = { plan, ports, secrets, dataDir, checkout };
  const parts = localParts({ ...facts, given, programs: start.programs, record, report });

  const supervision = supervise(parts, { report, signal });
  start.onStarted(supervision);
  if ((await supervision.up) === 'up') {
    const environment = localEnvironment(given, facts);
    const isExampleCompany = !isGiven(given, 'COMPANY_NAME');
    addressList({ plan, ports, dataDir, environment, isExampleCompany }).forEach(report);
  }
  return supervision.ended;
}

/** Tells first what explains it, so that the last line is the one to read. */
function tell({ message, lines }: Failure, report: (line: string) => void): void {
  [...lines.map((line) => `  ${line}`), message].forEach(report);
}
