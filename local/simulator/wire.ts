import { performance } from 'node:perf_hooks';
import type { Publish, WireEntry } from './simulator-event.ts';

const MOST_ENTRIES = 200;

export interface Wire {
  entries(): readonly WireEntry[];
  /** Notes an exchange as begun; call the result with how it ended, and get the milliseconds it took. */
  begin(
    about: Pick<WireEntry, 'channel' | 'phone' | 'route' | 'what'>,
  ): (outcome: number | 'no answer') => number;
}

/** What went between Meta and the business lately, in fixed words and numbers. */
export function createWire(publish: Publish): Wire {
  const entries: WireEntry[] = [];
  let count = 0;
  return {
    entries: () => entries,
    begin(about) {
      count += 1;
      const at = new Date().toISOString();
      const entry: WireEntry = { id: `wire-${count}`, ...about, at, outcome: null, ms: null };
      entries.push(entry);
      if (entries.length > MOST_ENTRIES) entries.shift();
      publish({ type: 'wire', entry: { ...entry } });
      const began = performance.now();
      return (outcome) => {
        entry.outcome = outcome;
        entry.ms = Math.round(performance.now() - began);
        publish({ type: 'wire', entry: { ...entry } });
        return entry.ms;
      };
    },
  };
}
