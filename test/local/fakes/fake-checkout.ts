import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { findTemporalCli } from '../../../local/temporal/temporal-binaries.ts';
import { processIdentity } from '../../../local/process-identity.ts';
import { eventually } from '../../support/eventually.ts';

/** A start that has not come up by now never will, also where the machine is busy with other tests. */
export const READY_WITHIN_MS = 150_000;

const CHECKOUT = path.resolve(import.meta.dirname, '../../..');

/** A copy of the checkout in which migrations, worker and api are fakes and all else is real. */
export function makeFakeCheckout(folder: string): string {
  const checkout = path.join(folder, 'checkout');
  for (const part of ['local', 'lib', 'domain', 'package.json']) {
    cpSync(path.join(CHECKOUT, part), path.join(checkout, part), { recursive: true });
  }
  symlinkSync(path.join(CHECKOUT, 'node_modules'), path.join(checkout, 'node_modules'));
  for (const part of ['worker/migrate.ts', 'worker/main.ts', 'local/api.ts']) {
    mkdirSync(path.dirname(path.join(checkout, part)), { recursive: true });
    cpSync(path.join(import.meta.dirname, 'fake-part.ts'), path.join(checkout, part));
  }
  return checkout;
}

/** One `npm start`. */
export interface StartedProcess {
  process: ChildProcessByStdio<null, Readable, Readable>;
  /** All that it has written to the terminal, standard error included. */
  output(): string;
  /** The address in its last line, once that is there. */
  ready(): Promise<string>;
  /** Its exit code, or signal, once it has ended. */
  ended: Promise<number | NodeJS.Signals | null>;
}

/** Runs local/main.ts of the copy, with nothing of this environment's settings but what is given. */
export async function startCheckout(
  checkout: string,
  environment: Record<string, string>,
): Promise<StartedProcess> {
  const started = spawn(process.execPath, [path.join(checkout, 'local/main.ts')], {
    cwd: checkout,
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      // As under npm, it ends when whoever started it does, so that an interrupted test leaves nothing running.
      npm_lifecycle_event: 'start',
      TEMPORAL_CLI_PATH: await findTemporalCli(() => undefined),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      output += piece;
    });
  }
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    started.once('close', (code, signal) => resolve(signal ?? code));
  });
  const ready = () =>
    eventually(() => {
      const address = /^ready (\S+)$/m.exec(output)?.[1];
      if (address === undefined) throw new Error(`not ready yet; it said:\n${output}`);
      return address;
    }, READY_WITHIN_MS);
  return { process: started, output: () => output, ready, ended };
}

/** The processes that this start has recorded, by name. */
export function recordedProcesses(dataDir: string): Map<string, number> {
  const text = readFileSync(path.join(dataDir, 'processes.json'), 'utf8');
  const recorded = JSON.parse(text) as { name: string; pid: number }[];
  return new Map(recorded.map(({ name, pid }) => [name, pid]));
}

export function livingOf(pids: Iterable<number>): number[] {
  return [...pids].filter((pid) => processIdentity(pid) !== null);
}
