import { setTimeout } from 'node:timers/promises';
import type { Log } from '../../lib/log.ts';

export interface Background {
  /** Starts work that nobody waits for. What it throws is logged, unless it was stopped. */
  run(work: (pause: Pause) => Promise<void>): void;
  /** Stops what is pausing and waits for the rest. */
  close(): Promise<void>;
}

export type Pause = (ms: number) => Promise<void>;

/** Work that goes on after an answer was given, and ends with the process. */
export function createBackground(log: Log): Background {
  const stop = new AbortController();
  const underWay = new Set<Promise<void>>();
  const pause: Pause = (ms) => setTimeout(ms, undefined, { signal: stop.signal });
  return {
    run(work) {
      const done = work(pause)
        .catch((error: unknown) => {
          if (!stop.signal.aborted) log.error({ error }, 'the simulator failed in the background');
        })
        .finally(() => underWay.delete(done));
      underWay.add(done);
    },
    async close() {
      stop.abort();
      await Promise.all(underWay);
    },
  };
}
