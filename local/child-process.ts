import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { LogFile } from './log-file.ts';
import { giveWay } from './give-way.ts';
import { signalGroup } from './recorded-processes.ts';
import type { ProcessRecord } from './process-record.ts';
import type { Exit, Running } from './service.ts';

/** Longer than the ten seconds that the api gives requests under way. */
const STOP_DEADLINE_MS = 20_000;
/** A grandchild may hold the pipes open after the child's end; what the child wrote is there well before. */
const LAST_WORDS_MS = 1_000;

/** What to run, and who is told. */
export interface ChildCommand {
  name: string;
  command: string;
  args: readonly string[];
  environment: NodeJS.ProcessEnv;
  /** A Node program gets an IPC channel: its `disconnect` event tells it that this process is gone, however it went. */
  isNode: boolean;
  /** It does what can wait, so others go before it when the machine is too small for all. */
  givesWay?: boolean;
  log: LogFile;
  record: ProcessRecord;
  /** Gets each line that the child writes. */
  onLine?: (line: string) => void;
  /** How long a clean end may take, if not 20 s. */
  stopDeadlineMs?: number;
}

/**
 * Starts a process in a group of its own, so that a Ctrl-C in the terminal does not reach it before this process has
 * decided on the order, and so that what it starts in turn can be ended with it. Throws one line when it cannot be run.
 */
export async function startChild(what: ChildCommand): Promise<Running> {
  const child = spawn(what.command, what.args, {
    env: what.environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(what.isNode ? (['ipc'] as const) : [])],
  });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new Error(`${what.name}: ${what.command} cannot be run`, { cause: error });
  }
  const pid = child.pid as number;
  if (what.givesWay === true) giveWay(pid);
  what.record.add({ name: what.name, pid, stopSignal: 'SIGTERM' });
  let lastError: string | null = null;
  const closed = Promise.all([
    eachLine(child.stdout as Readable, (line) => {
      what.log.write(line);
      what.onLine?.(line);
    }),
    eachLine(child.stderr as Readable, (line) => {
      lastError = line;
      what.log.write(line);
      what.onLine?.(line);
    }),
  ]);
  const exited = endOf(child, closed).finally(() => what.record.remove(pid));
  const deadlineMs = what.stopDeadlineMs ?? STOP_DEADLINE_MS;
  const isGone = () => child.exitCode !== null || child.signalCode !== null;
  return {
    exited,
    lastLines: () => what.log.lastLines(),
    lastError: () => lastError,
    stop: async () => {
      if (!isGone()) child.kill('SIGTERM');
      const inTime = await Promise.race([exited, pause(deadlineMs, null, { ref: false })]);
      if (inTime === null) signalGroup(pid, 'SIGKILL');
      await exited;
    },
    kill: () => {
      if (!isGone()) signalGroup(pid, 'SIGKILL');
    },
  };
}

async function endOf(child: ChildProcess, closed: Promise<unknown>): Promise<Exit> {
  const exit = await new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      // Whatever it had started and left behind.
      signalGroup(child.pid as number, 'SIGKILL');
      resolve({ code, signal });
    });
  });
  await Promise.race([closed, pause(LAST_WORDS_MS, undefined, { ref: false })]);
  return exit;
}

async function eachLine(stream: Readable, take: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) take(line);
}
