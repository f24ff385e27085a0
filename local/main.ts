/** `npm start`: everything on one machine, with nothing configured, until Ctrl-C or SIGTERM. See docs/ for the settings. */
import path from 'node:path';
import { whenNpmIsGone } from './parent-watch.ts';
import { runLocally } from './run-locally.ts';
import type { Supervision } from './supervisor.ts';

/** npm passes a Ctrl-C on that the terminal has already sent here: within this time two of them are one. */
const SAME_SIGNAL_MS = 1_000;
const EXIT_FORCED = 130;

const checkout = path.resolve(import.meta.dirname, '..');
const program = (file: string) => [path.join(checkout, file)];
const stop = new AbortController();
let supervision: Supervision | null = null;
let firstSignalAt: number | null = null;

const onSignal = () => {
  if (firstSignalAt === null) {
    firstSignalAt = Date.now();
    process.stdout.write('stopping; once more stops at once\n');
    stop.abort();
  } else if (Date.now() - firstSignalAt > SAME_SIGNAL_MS) {
    process.exit(EXIT_FORCED);
  }
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
whenNpmIsGone(process.env, onSignal);
// Whatever ends this process, no child is left behind.
process.on('exit', () => supervision?.kill());
// A terminal that was closed takes no more lines. What runs goes on until SIGHUP, which follows.
process.stdout.on('error', () => undefined);

process.exitCode = await runLocally({
  environment: process.env,
  checkout,
  programs: {
    migrate: program('worker/migrate.ts'),
    worker: program('worker/main.ts'),
    api: program('local/api.ts'),
    model: program('local/model/stand-in-main.ts'),
  },
  report: (line) => process.stdout.write(`${line}\n`),
  signal: stop.signal,
  onStarted: (started) => {
    supervision = started;
  },
});
process.exit();
