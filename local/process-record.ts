import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { processIdentity } from './process-identity.ts';
import { isAlive, readRecordedProcesses, signalGroup } from './recorded-processes.ts';
import type { RecordedProcess } from './recorded-processes.ts';

const POLL_MS = 50;
const STOP_DEADLINE_MS = 15_000;

/** The children of this start, kept in a file so that the next start can stop what this one could not. */
export interface ProcessRecord {
  add(child: { name: string; pid: number; stopSignal: 'SIGTERM' | 'SIGINT' }): void;
  remove(pid: number): void;
}

/** Begins an empty record in `file`. Writes are done before the call returns: a kill -9 may come at any time. */
export function createProcessRecord(file: string): ProcessRecord {
  let processes: RecordedProcess[] = [];
  const save = () => {
    writeFileSync(`${file}.new`, JSON.stringify(processes, null, 2), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  save();
  return {
    add: (child) => {
      const identity = processIdentity(child.pid);
      // One that has ended already is not there to be stopped.
      if (identity === null) return;
      processes = [...processes, { ...child, identity }];
      save();
    },
    remove: (pid) => {
      processes = processes.filter((recorded) => recorded.pid !== pid);
      save();
    },
  };
}

/**
 * Stops what a start that was killed left running, the last started first. A process whose number is in the file but
 * which began at another time is somebody else's and is left alone. After 15 s, or `deadlineMs`, force is used.
 */
export async function stopSurvivors(
  file: string,
  report: (line: string) => void,
  deadlineMs: number = STOP_DEADLINE_MS,
): Promise<void> {
  for (const recorded of readRecordedProcesses(file).toReversed()) {
    const lives = () => isAlive(recorded);
    if (!lives()) continue;
    report(
      `${recorded.name}: stopping what an earlier start left running (process ${recorded.pid})`,
    );
    signalGroup(recorded.pid, recorded.stopSignal);
    const deadline = Date.now() + deadlineMs;
    while (lives() && Date.now() < deadline) await pause(POLL_MS);
    if (lives()) signalGroup(recorded.pid, 'SIGKILL');
    while (lives()) await pause(POLL_MS);
  }
}
