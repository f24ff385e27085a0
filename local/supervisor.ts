import { keepService, type Keeper } from './keep-service.ts';
import { failureOf, type Failure, type Service, type Step } from './service.ts';

/** Everything that was started, as one. */
export interface Supervision {
  /** `up` when every part is ready; `ended` when it came to an end before. */
  up: Promise<'up' | 'ended'>;
  /** Settles when all is stopped: null when that was asked for. */
  ended: Promise<Failure | null>;
  /** Ends every process at once. */
  kill(): void;
}

type Report = (line: string) => void;

const SAY_SO_AFTER_MS = 5_000;
const FIRST_PAUSE_MS = 250;

/**
 * Brings up groups of parts one after the other, the parts of a group at the same time, and keeps the services running:
 * one that ends is started again (see keepService). Everything is stopped, in reverse order, when `signal` aborts, when a
 * part cannot be brought up, and when a service cannot be kept running.
 */
export function supervise(
  groups: readonly (readonly (Service | Step)[])[],
  options: { report: Report; signal: AbortSignal; firstPauseMs?: number },
): Supervision {
  const { report, signal, firstPauseMs = FIRST_PAUSE_MS } = options;
  const over = new AbortController();
  if (signal.aborted) over.abort();
  signal.addEventListener('abort', () => over.abort(), { once: true });
  let failure: Failure | null = null;
  const fail = (reason: Failure) => {
    if (!over.signal.aborted) failure = reason;
    over.abort();
  };
  const started: Keeper[][] = [];

  const bringUpGroup = async (group: readonly (Service | Step)[]): Promise<void> => {
    const keepers: Keeper[] = [];
    started.unshift(keepers);
    const parts = group.map((part) => {
      if ('run' in part) return timed(part.name, 'done', part.run(over.signal), report);
      const keeper = keepService(part, { report, fail, over: over.signal, firstPauseMs });
      keepers.push(keeper);
      return timed(part.name, 'ready', keeper.ready, report);
    });
    // Waits for all, also after a failure: what is still being started could not be stopped.
    await Promise.all(parts.map((part) => part.catch((error: unknown) => fail(failureOf(error)))));
  };
  const bringUp = async (): Promise<'up' | 'ended'> => {
    for (const group of groups) {
      if (!over.signal.aborted) await bringUpGroup(group);
    }
    return over.signal.aborted ? 'ended' : 'up';
  };
  const stopAll = async (): Promise<void> => {
    for (const keepers of started) await Promise.all(keepers.map((keeper) => keeper.stop()));
  };

  const up = bringUp();
  return {
    up,
    ended: Promise.all([up, aborted(over.signal)])
      .then(stopAll)
      .then(() => failure),
    kill: () => started.flat().forEach((keeper) => keeper.kill()),
  };
}

/** Tells how long a part took and, when that is long, that it is still under way. */
async function timed(
  name: string,
  outcome: 'done' | 'ready',
  work: Promise<void>,
  report: Report,
): Promise<void> {
  const begun = Date.now();
  const reminder = setTimeout(() => report(`${name}: not ${outcome} yet`), SAY_SO_AFTER_MS);
  try {
    await work;
    report(`${name}: ${outcome} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  } finally {
    clearTimeout(reminder);
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
}
