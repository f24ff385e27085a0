import { HOUR_MS } from './durations.ts';
import { POLICY } from './policy.ts';

const HOURS_A_DAY = 24;

/** Which buckets of keys a purge visits: by the clock those whose turn came, by hand all of them. */
export type PurgeScope = 'buckets that are due' | 'every bucket';

/** One run of the purge, by the random id of its workflow's run. */
export interface PurgeRun {
  purgeId: string;
  /** The hour in which it began. */
  hour: number;
  scope: PurgeScope;
}

/** What a run of the purge did, and what the second query still found: that must be 0. */
export interface PurgeReport {
  people: number;
  rows: number;
  /** Buckets whose keys were replaced. */
  buckets: number;
  overdue: number;
}

/** The hour in which a time lies, counted from 1970. */
export function hourOf(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS);
}

/**
 * Of this many buckets, those whose turn came after `sinceHour` and until `hour`. Each has its turn in one hour of the
 * day. Turns that were missed are made up at once, by the next run, so that an hour which is missed every day delays
 * nobody by more than an hour. Every bucket when nothing is known of earlier runs, or when the clock went back.
 */
export function bucketsDue(sinceHour: number | null, hour: number, buckets: number): number[] {
  const all = Array.from({ length: buckets }, (_, bucket) => bucket);
  if (sinceHour === null || sinceHour > hour) return all;
  // A second run within the hour repeats the turn of that hour.
  const turns = Math.max(hour - sinceHour, 1);
  return all.filter((bucket) => (hour - bucket) % HOURS_A_DAY < turns);
}

/** People who have not written since are purged (policy R1). */
export function purgedWhenSilentSince(now: Date): Date {
  return new Date(now.getTime() - POLICY.retentionMs + POLICY.purgeMarginMs);
}

/** People who have not written since must be gone by now (policy R1). */
export function overdueWhenSilentSince(now: Date): Date {
  return new Date(now.getTime() - POLICY.retentionMs);
}

/**
 * People whom a legal hold kept until after this are still within the time that the purge has for them (policy R1, U4).
 */
export function excusedWhenHeldSince(now: Date): Date {
  return new Date(now.getTime() - POLICY.purgeMarginMs);
}
