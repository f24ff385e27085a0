import type { Channel } from './channels.ts';

/** What starts an erasure, for code that must not load workflow code. */
export const PRIVACY_TASK_QUEUE = 'privacy';
export const ERASURE_TYPE = 'erasure';

/** One erasure per subject at a time: a caller that asks for a second one gets the first one's result. */
export function erasureId(subjectId: string): string {
  return `erasure/${subjectId}`;
}

/** Why someone is erased. */
export const ERASURE_CAUSES = ['on request', 'retention', 'child'] as const;
export type ErasureCause = (typeof ERASURE_CAUSES)[number];

export interface ErasureInput {
  subjectId: string;
  cause: ErasureCause;
}

/** How much of one store there was. The store is a fixed word. */
export interface StoreCount {
  store: string;
  count: number;
}

/** The latest time, in ms since 1970, at which something of a person can have reached an outside party. */
export interface VendorUses {
  /** The model's provider; null when it was never asked. */
  lastModelCallMs: number | null;
  /** Meta's messaging service, by which they wrote and were written to. */
  lastMetaUse: { channel: Channel; lastMs: number };
}

/** What there was of a person when the fence came up. */
export interface Fence extends VendorUses {
  /** Buckets whose keys must be replaced: the one of the person's key, and those of their identifiers. */
  buckets: number[];
  /** Rows of each store at this moment; from then on no more are added. */
  held: StoreCount[];
  /** When the last key of the guard against late webhooks is gone, in ms since 1970; null when none was put up. */
  guardUntilMs: number | null;
}

/** The key of a bucket that had to go, by its version: every version up to it opens what the person left in old copies. */
export interface ReplacedKey {
  bucket: number;
  version: number;
}

/** What an erasure did, as counts and times (ISO 8601): nothing in it tells who it was. */
export interface ErasureProof {
  outcome: 'erased' | 'nothing held';
  erased: StoreCount[];
  /** Buckets whose keys were replaced. */
  buckets: number;
  /** When the last old key was overwritten; from then on every copy of the person's data is noise. */
  keyDestroyedAt: string;
  rescannedAt: string;
  /** Zero everywhere, or the erasure would still be running. */
  rescanned: StoreCount[];
  /**
   * The latest time, in ms since 1970, at which a call to the model for this person can have been under way: its provider
   * keeps a log of its own for a while. Null when there was none.
   */
  lastModelCallMs: number | null;
  /** The channel by which Meta had their messages, and ours to them, and when at the latest; none in older proofs. */
  lastMetaUse?: { channel: Channel; lastMs: number } | null;
  /** When the key of the guard against late messages is gone at the latest; none in older proofs, null without a guard. */
  guardUntilMs?: number | null;
}
