import { setTimeout as pause } from 'node:timers/promises';
import { nowMs } from '../measure/clock.ts';

/**
 * Lets things happen at a mean rate, at random moments that do not depend on how the system fares: what waits behind a
 * slow answer is timed from the moment it was due. The moments are the same in every run. Returns when all have ended.
 */
export async function arrive<Result>(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  happen: (index: number, dueAt: number) => Promise<Result>,
): Promise<Result[]> {
  const begun = nowMs();
  const random = createRandom(20_26);
  const underWay: Promise<Result>[] = [];
  let dueMs = 0;
  for (;;) {
    dueMs += (-Math.log(1 - random()) / perSecond) * 1000;
    if (dueMs >= seconds * 1000) break;
    const earlyMs = begun + dueMs - nowMs();
    if (earlyMs > 1) await pause(earlyMs);
    underWay.push(happen(underWay.length, begun + dueMs));
  }
  return Promise.all(underWay);
}

/** A small generator (mulberry32), because Math.random cannot be repeated. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
