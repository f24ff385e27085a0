import { setImmediate as turnOfTheLoop } from 'node:timers/promises';

/** Knows whether anybody still has something to do, or all wait for the clock or for somebody else. */
export interface Actors {
  /** Somebody has work until this ends. Its error, if any, is thrown by `allWait`. */
  start(work: () => Promise<unknown>): void;
  /** Somebody who has work waits for something. */
  wait<T>(until: Promise<T>): Promise<T>;
  /** Resolves when everybody waits. */
  allWait(): Promise<void>;
}

export function createActors(): Actors {
  let busy = 0;
  let failure: { error: unknown } | null = null;
  let told: (() => void)[] = [];
  const leave = () => {
    busy -= 1;
    if (busy > 0) return;
    for (const tell of told) tell();
    told = [];
  };
  return {
    start: (work) => {
      busy += 1;
      work()
        .catch((error: unknown) => void (failure ??= { error }))
        .finally(leave);
    },
    wait: async (until) => {
      leave();
      try {
        return await until;
      } finally {
        busy += 1;
      }
    },
    allWait: async () => {
      for (;;) {
        // An actor that was called a moment ago is back at work after this.
        await turnOfTheLoop();
        if (failure !== null) throw failure.error;
        if (busy === 0) return;
        await new Promise<void>((resolve) => void told.push(resolve));
      }
    },
  };
}
