import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { giveWay } from '../../local/give-way.ts';

/** A process of the benchmark's own. */
export interface Child {
  pid: number;
  /** Messages go both ways with Node programs. */
  send(message: object): void;
  onMessage(take: (message: unknown) => void): void;
  /** Settles when it is gone. */
  exited: Promise<unknown>;
  /** SIGTERM, and SIGKILL when that takes too long. */
  stop(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

const STOP_MS = 15_000;
const LAST_WORDS = 600;

// A benchmark that is ended in between leaves nothing running.
const running = new Set<Child>();
process.on('exit', () => running.forEach((child) => child.signal('SIGKILL')));

/** Starts a program with its output in a file. A Node program is told by its IPC channel when this process is gone. */
export async function startProgram(what: {
  name: string;
  command: string;
  args: readonly string[];
  environment: NodeJS.ProcessEnv;
  isNode: boolean;
  /** Whether others go before it, as in `npm start`. */
  givesWay?: boolean;
  logFile: string;
}): Promise<Child> {
  const log = openSync(what.logFile, 'a');
  const process = spawn(what.command, what.args, {
    env: what.environment,
    stdio: ['ignore', log, log, ...(what.isNode ? (['ipc'] as const) : [])],
  });
  closeSync(log);
  await once(process, 'spawn');
  if (what.givesWay === true && process.pid !== undefined) giveWay(process.pid);
  const exited = once(process, 'exit').finally(() => running.delete(child));
  const child: Child = {
    pid: process.pid ?? 0,
    send: (message) => void process.send(message),
    onMessage: (take) => void process.on('message', take),
    exited,
    signal: (signal) => void process.kill(signal),
    stop: async () => {
      if (process.exitCode !== null || process.signalCode !== null) return;
      process.kill('SIGTERM');
      await Promise.race([exited, pause(STOP_MS, undefined, { ref: false })]);
      process.kill('SIGKILL');
      await exited;
    },
  };
  running.add(child);
  return child;
}

/** Waits until a GET of the address succeeds; throws with the end of the program's log when it ends before, or takes too long. */
export async function untilServes(
  child: Child,
  url: string,
  logFile: string,
  deadlineMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  let isGone = false;
  void child.exited.then(() => (isGone = true));
  while (!(await answers(url))) {
    if (isGone || Date.now() > deadline)
      throw new Error(`${url} does not answer: ${lastWords(logFile)}`);
    await pause(50);
  }
}

export function lastWords(logFile: string): string {
  return readFileSync(logFile, 'utf8').slice(-LAST_WORDS);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
