import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { untilAnswers } from '../../local/readiness.ts';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** One process of an installation, which a test starts, ends and halts as it likes. */
export interface ControlledProcess {
  name: string;
  /** Starts it and waits until it is ready. Throws when it ends before that, or has not come up in a minute. */
  start(environment?: Record<string, string>): Promise<void>;
  /** SIGKILL; returns when it is gone. */
  kill(): Promise<Exit>;
  /** The signal that asks it to end; returns when it is gone. */
  stop(): Promise<Exit>;
  /** SIGSTOP: it does nothing any more, and does not know it. */
  freeze(): void;
  thaw(): void;
  /** Tells a Node program something over its channel, and returns what it answers. */
  ask(message: string): Promise<unknown>;
  isRunning(): boolean;
  /** Settles when the process that runs now is gone, however that came about. */
  exited(): Promise<Exit>;
}

export interface ControlledCommand {
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  environment: () => NodeJS.ProcessEnv;
  /** Everything that it writes is appended here. */
  logFile: string;
  /** Answers with success once the process is ready. */
  readyUrls: readonly string[];
  /** A Node program of ours gets a channel, so that it ends with the test that started it. */
  isNode: boolean;
  onSpawned?: (pid: number) => void;
}

const READY_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 30_000;
const NOT_RUNNING: Exit = { code: null, signal: null };

export function controlledProcess(what: ControlledCommand): ControlledProcess {
  let child: ChildProcess | null = null;
  let gone: Promise<Exit> = Promise.resolve(NOT_RUNNING);
  const isRunning = () => child !== null && child.exitCode === null && child.signalCode === null;
  const signal = (name: NodeJS.Signals) => {
    if (isRunning()) child?.kill(name);
  };
  return {
    name: what.name,
    isRunning,
    exited: () => gone,
    start: async (environment = {}) => {
      if (isRunning()) throw new Error(`${what.name} runs already`);
      child = spawnWithLog(what, environment);
      gone = once(child, 'exit').then(([code, name]) => ({ code, signal: name }) as Exit);
      if (child.pid === undefined) throw new Error(`${what.name}: ${what.command} cannot be run`);
      what.onSpawned?.(child.pid);
      await untilReady(what, gone);
    },
    kill: async () => {
      signal('SIGKILL');
      return gone;
    },
    stop: async () => {
      signal('SIGTERM');
      const late = setTimeout(() => signal('SIGKILL'), STOP_DEADLINE_MS);
      return gone.finally(() => clearTimeout(late));
    },
    ask: async (message) => {
      if (child === null) throw new Error(`${what.name} was not started`);
      const answered = once(child, 'message');
      child.send(message);
      return ((await answered) as unknown[])[0];
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
  };
}

function spawnWithLog(what: ControlledCommand, environment: Record<string, string>): ChildProcess {
  const log = openSync(what.logFile, 'a', 0o600);
  try {
    return spawn(what.command, what.args, {
      cwd: what.cwd,
      env: { ...what.environment(), ...environment },
      // A group of its own: a Ctrl-C ends the test, which then ends its processes in order.
      detached: true,
      stdio: ['ignore', log, log, ...(what.isNode ? (['ipc'] as const) : [])],
    });
  } finally {
    closeSync(log);
  }
}

async function untilReady(
  { name, logFile, readyUrls }: ControlledCommand,
  gone: Promise<Exit>,
): Promise<void> {
  const waiting = new AbortController();
  const signal = AbortSignal.any([waiting.signal, AbortSignal.timeout(READY_DEADLINE_MS)]);
  const ended = gone.then(({ code, signal: by }) => {
    throw new Error(`${name} ended before it was ready (${by ?? `code ${code}`}): see ${logFile}`);
  });
  try {
    await Promise.race([ended, Promise.all(readyUrls.map((url) => untilAnswers(url, signal)))]);
  } finally {
    waiting.abort();
    ended.catch(() => undefined);
  }
}

/** Waits until a process is gone; one that is still there after the time given is an error. */
export async function goneWithin(one: ControlledProcess, ms: number): Promise<Exit> {
  const late = pause(ms, null, { ref: false });
  const exit = await Promise.race([one.exited(), late]);
  if (exit === null) throw new Error(`${one.name} is still there after ${ms} ms`);
  return exit;
}
