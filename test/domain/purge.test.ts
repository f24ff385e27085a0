import fc from 'fast-check';
import {
  bucketsDue,
  hourOf,
  overdueWhenSilentSince,
  purgedWhenSilentSince,
} from '../../domain/purge.ts';

const BUCKETS = 1024;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 10, 24);

interface Run {
  startMs: number;
  /** When it had erased everybody of the buckets that it visited. */
  endMs: number;
  buckets: ReadonlySet<number>;
}

/** What a purge visits that runs at these times, each run taking `tookMs`. */
function runsAt(starts: readonly number[], tookMs: number): Run[] {
  let sinceHour: number | null = null;
  return starts.map((startMs) => {
    const hour = hourOf(startMs);
    const buckets = new Set(bucketsDue(sinceHour, hour, BUCKETS));
    sinceHour = hour;
    return { startMs, endMs: startMs + tookMs, buckets };
  });
}

/** How long after their last message somebody is gone who wrote at that time and is in that bucket. */
function keptMs(runs: readonly Run[], lastInboundMs: number, bucket: number): number | null {
  const isTakenBy = ({ startMs, buckets }: Run) =>
    buckets.has(bucket) && lastInboundMs < purgedWhenSilentSince(new Date(startMs)).getTime();
  const taken = runs.find(isTakenBy);
  return taken === undefined ? null : taken.endMs - lastInboundMs;
}

/** From one run to the next: an hour if all is well, a day more at worst, and anything between. */
const gaps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(HOUR_MS) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 2 * HOUR_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 25 * HOUR_MS }) },
    { weight: 1, arbitrary: fc.constant(25 * HOUR_MS) },
  ),
  { minLength: 80, maxLength: 120 },
);

function startsOf(firstMs: number, between: readonly number[]): number[] {
  let at = firstMs;
  return between.map((gap) => (at += gap));
}

test('nobody is kept for more than 90 days, even when a day of purges is missed and the next one is late and slow', () => {
  fc.assert(
    fc.property(
      gaps,
      fc.integer({ min: 0, max: HOUR_MS }),
      fc.integer({ min: 0, max: HOUR_MS }),
      fc.integer({ min: 0, max: BUCKETS - 1 }),
      fc.integer({ min: 0, max: 10 * DAY_MS }),
      (between, offsetMs, tookMs, bucket, writtenMs) => {
        const runs = runsAt(startsOf(START_MS + offsetMs, between), tookMs);
        const lastInboundMs = START_MS - 86 * DAY_MS + writtenMs;
        const kept = keptMs(runs, lastInboundMs, bucket);
        // Whoever was not taken is not due yet, or is before the runs end.
        const lastRunMs = runs.at(-1)?.startMs ?? 0;
        expect(kept ?? lastRunMs - lastInboundMs).toBeLessThanOrEqual(90 * DAY_MS);
      },
    ),
    { numRuns: 500 },
  );
});

test('the margin is what the worst case takes, to the second', () => {
  // Due a moment after the bucket's turn; the last run before the missed day comes a moment before its next turn.
  const starts = [START_MS, START_MS + 24 * HOUR_MS - 1, START_MS + 49 * HOUR_MS - 1];
  const runs = runsAt([START_MS - HOUR_MS, ...starts], HOUR_MS);
  const justNotTakenMs = purgedWhenSilentSince(new Date(START_MS)).getTime();
  const kept = Array.from(
    { length: BUCKETS },
    (_, bucket) => keptMs(runs, justNotTakenMs, bucket) ?? Infinity,
  );
  expect(90 * DAY_MS - Math.max(...kept)).toBeGreaterThanOrEqual(0);
  expect(90 * DAY_MS - Math.max(...kept)).toBeLessThan(1000);
});

test('an hour that is missed every day delays nobody by more than an hour', () => {
  const starts = Array.from({ length: 10 * 24 }, (_, hour) => START_MS + hour * HOUR_MS).filter(
    (startMs) => new Date(startMs).getUTCHours() !== 3,
  );
  const runs = runsAt(starts, 0);
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const visits = runs.filter(({ buckets }) => buckets.has(bucket)).map(({ startMs }) => startMs);
    const waits = visits.slice(1).map((at, index) => at - (visits[index] ?? 0));
    expect(Math.max(...waits)).toBeLessThanOrEqual(25 * HOUR_MS);
  }
});

test('by the hour, a run visits its share of the buckets, and a day of runs visits each exactly once', () => {
  const runs = runsAt(
    Array.from({ length: 25 }, (_, hour) => START_MS + hour * HOUR_MS),
    0,
  ).slice(1);
  for (const { buckets } of runs) expect(buckets.size).toBeLessThanOrEqual(Math.ceil(BUCKETS / 24));
  const visited = runs.flatMap(({ buckets }) => [...buckets]);
  expect(visited).toHaveLength(BUCKETS);
  expect(new Set(visited).size).toBe(BUCKETS);
});

test.each([
  ['nothing is known of earlier runs', null],
  ['the last run is a day ago', hourOf(START_MS) - 24],
  ['the clock was put back since the last run', hourOf(START_MS) + 400],
])('a run visits every bucket when %s', (_case, sinceHour) => {
  expect(bucketsDue(sinceHour, hourOf(START_MS), BUCKETS)).toHaveLength(BUCKETS);
});

test('a second run within an hour repeats what the first one visited', () => {
  const hour = hourOf(START_MS);
  expect(bucketsDue(hour, hour, BUCKETS)).toEqual(bucketsDue(hour - 1, hour, BUCKETS));
});

test('people go before they are overdue', () => {
  const now = new Date(START_MS);
  const daysAgo = (time: Date) => (START_MS - time.getTime()) / DAY_MS;
  expect(daysAgo(overdueWhenSilentSince(now))).toBe(90);
  expect(daysAgo(purgedWhenSilentSince(now))).toBeGreaterThan(87);
  expect(daysAgo(purgedWhenSilentSince(now))).toBeLessThan(88);
});
