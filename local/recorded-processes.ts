import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { processIdentity } from './process-identity.ts';

const recordedProcess = z.object({
  name: z.string(),
  pid: z.number().int().positive(),
  identity: z.string(),
  stopSignal: z.enum(['SIGTERM', 'SIGINT']),
});
/** A child of `npm start` as its record has it: the number and the beginning name one process for ever. */
export type RecordedProcess = z.infer<typeof recordedProcess>;

/** The file in the data folder in which `npm start` keeps its children. */
export const PROCESS_RECORD = 'processes.json';

/** A file that cannot be read as a record says nothing about any process, so it names none. */
export function readRecordedProcesses(file: string): RecordedProcess[] {
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

/** Whether it runs; another process that was given its number since is somebody else's. */
export function isAlive({ pid, identity }: RecordedProcess): boolean {
  return processIdentity(pid) === identity;
}

/** Signals a process that leads a group of its own, and all that it started. Gone already is as good as signalled. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
