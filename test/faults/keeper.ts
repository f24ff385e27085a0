import { setTimeout as pause } from 'node:timers/promises';
import type { ControlledProcess } from '../system/controlled-process.ts';

/** Starts processes again that have ended, as whatever supervises them in production does. */
export interface Keeper {
  /** It has ended, or will now, and is not to be started until the work is done. */
  without(part: ControlledProcess, work: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 100;

export function keepUp(parts: readonly ControlledProcess[]): Keeper {
  const wanted = new Set(parts);
  let isStopped = false;
  const keeping = parts.map(async (part) => {
    while (!isStopped) {
      if (wanted.has(part) && !part.isRunning()) {
        // It may need another part that is away as well: then it is tried again.
        await part.start().catch(() => undefined);
      }
      await pause(LOOK_EVERY_MS);
    }
  });
  return {
    without: async (part, work) => {
      wanted.delete(part);
      try {
        await work();
      } finally {
        wanted.add(part);
      }
    },
    stop: async () => {
      isStopped = true;
      await Promise.all(keeping);
    },
  };
}
