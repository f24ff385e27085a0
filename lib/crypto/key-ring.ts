import type { NumberedKey } from './key-slot.ts';

/** People are spread over this many buckets; a bucket's key wraps the keys of all people in it. */
export const BUCKETS = 1024;

/** One version of a bucket's key: 32 bytes. Versions only grow. */
export type BucketKey = NumberedKey;

/** Secrets that belong to the whole installation and, like bucket keys, never lie in Postgres. */
export const RING_SECRETS = ['identifier pepper', 'payload codec'] as const;
export type RingSecret = (typeof RING_SECRETS)[number];

/**
 * Where bucket keys live, outside Postgres (policy S2, D3). The reader of a key holds the bucket's shared advisory lock
 * while using it, so that no rewrap can run between the reading and the commit.
 */
export interface KeyRing {
  /** Every version that exists now, newest first: two only while a rewrap runs. */
  bucketKeys(bucket: number): readonly [BucketKey, ...BucketKey[]];
  secret(name: RingSecret): Buffer;
  /** Makes the next version beside the current one; where two are there already it makes none, and returns the newest. */
  addVersion(bucket: number): BucketKey;
  /** Overwrites every version but the newest, and reads back that they are gone. */
  destroyOldVersions(bucket: number): void;
  /** The keys under which tombstones lie, one for each day since 1970 that had any; none is older than a few days. */
  dayKeys(): readonly NumberedKey[];
  /** The key of a day, made when there is none. */
  ensureDayKey(day: bigint): NumberedKey;
  /** Overwrites the keys of all days before this one. */
  destroyDayKeysBefore(day: bigint): void;
}
