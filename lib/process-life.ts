import { SettingsError } from './config.ts';
import type { Log } from './log.ts';
import { OutsideError } from './outside-error.ts';

/** Exit code for settings that are not usable (EX_CONFIG of sysexits). */
const EXIT_SETTINGS = 78;

/**
 * Runs a process until it is told to stop. `start` returns what to do then. Settings that are not usable end the
 * process with one line; the loss of the parent that started it, as after a kill -9, ends it like a SIGTERM.
 */
export async function runProcess(
  log: Log,
  start: () => Promise<() => Promise<void>>,
): Promise<void> {
  let stop: () => Promise<void>;
  try {
    stop = await start();
  } catch (error) {
    exitBecause(log, error);
  }
  let isStopping = false;
  const end = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  process.on('disconnect', () => end('parent gone'));
}

/** Ends the process with what a person needs to know: one line where it is known what to do, else the error itself. */
export function exitBecause(log: Log, error: unknown): never {
  if (error instanceof SettingsError || error instanceof OutsideError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(error instanceof SettingsError ? EXIT_SETTINGS : 1);
  }
  log.error({ error }, 'the process could not start');
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown error'}\n`);
  process.exit(1);
}
