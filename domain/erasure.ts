/** What starts an erasure, for those who must not load workflow code. */
export const PRIVACY_TASK_QUEUE = 'privacy';
export const ERASURE_TYPE = 'erasure';

/** One erasure per subject at a time: whoever asks for a second one gets the first one's result. */
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
  /** When the model was last asked for this person, in ms since 1970: its provider keeps a log of its own for a while. */
  lastModelCallMs: number | null;
}
