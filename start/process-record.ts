import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { processIdentity } from './process-identity.ts';

const POLL_MS = 50;
const STOP_DEADLINE_MS = 15_000;

const recordedProcess = z.object({
  name: z.string(),
  pid: z.number().int().positive(),
  identity: z.string(),
  stopSignal: z.enum(['SIGTERM', 'SIGINT']),
});
type RecordedProcess = z.infer<typeof recordedProcess>;

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
  for (const recorded of readRecord(file).toReversed()) {
    const lives = () => processIdentity(recorded.pid) === recorded.identity;
    if (!lives()) continue;
    report(`${recorded.name}: stopping what an earlier start left running (process ${recorded.pid})`);
    signalGroup(recorded.pid, recorded.stopSignal);
    const deadline = Date.now() + deadlineMs;
    while (lives() && Date.now() < deadline) await pause(POLL_MS);
    if (lives()) signalGroup(recorded.pid, 'SIGKILL');
    while (lives()) await pause(POLL_MS);
  }
}

/** Signals a process that leads a group of its own, and all that it started. Gone already is as good as signalled. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A file that cannot be read as a record says nothing about any process, so none is stopped. */
function readRecord(file: string): RecordedProcess[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const parsed = z.array(recordedProcess).safeParse(parsedJson(text));
  return parsed.success ? parsed.data : [];
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
