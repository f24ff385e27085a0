import path from 'node:path';
import {
  isAlive,
  PROCESS_RECORD,
  readRecordedProcesses,
  signalGroup,
} from '../recorded-processes.ts';

/** `starting` runs, and does not say yet that it can work. */
export type WorkerState = 'running' | 'starting' | 'gone';

/** The worker that `npm start` keeps running beside this process. */
export interface WorkerControl {
  state(): Promise<WorkerState>;
  /** Ends it at once, as a power cut would. False when there is none. */
  kill(): boolean;
}

const WORKER = 'worker';
const HEALTH_MS = 1_000;

/**
 * Finds the worker in the record that `npm start` keeps in its data folder. Only the process that the record means is
 * touched: one that has been given the same number since began at another time.
 */
export function createWorkerControl(options: {
  dataDir: string;
  /** Answers with success while the worker works. */
  healthUrl: string;
}): WorkerControl {
  const record = path.join(options.dataDir, PROCESS_RECORD);
  const find = () =>
    readRecordedProcesses(record).find((one) => one.name === WORKER && isAlive(one));
  return {
    state: async () => {
      if (find() === undefined) return 'gone';
      return (await answers(options.healthUrl)) ? 'running' : 'starting';
    },
    kill: () => {
      const worker = find();
      if (worker === undefined) return false;
      signalGroup(worker.pid, 'SIGKILL');
      return true;
    },
  };
}

/** No connection, no answer in time and any other status all mean "not yet". */
async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(HEALTH_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
