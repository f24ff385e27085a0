import type { Channel } from '../domain/channels.ts';

/** How long evidence of a send is waited for, in milliseconds, before the next step is taken. */
export interface EvidenceWaits {
  /** After a send that may or may not have happened. */
  evidenceMs: Record<Channel, number>;
  /** The same after a crash: the send of a process that died, or only seemed to, may still be under way. */
  interruptedMs: number;
  /** Before each further look into a thread that did not show the text: it may lag behind. WhatsApp has none. */
  lookAgainMs: Record<Channel, readonly number[]>;
  /** How long a thread that cannot be read is tried again before a human is asked. */
  giveUpMs: number;
}

/** WhatsApp reports within seconds by itself; Instagram's thread can be read, so its evidence is fetched. */
export const EVIDENCE_WAITS: EvidenceWaits = {
  evidenceMs: { whatsapp: 20_000, instagram: 5_000 },
  interruptedMs: 25_000,
  lookAgainMs: { whatsapp: [], instagram: [5_000, 10_000] },
  giveUpMs: 15 * 60_000,
};

/** Every wait is this long: for tests. */
export function evenWaits(ms: number): EvidenceWaits {
  return {
    evidenceMs: { whatsapp: ms, instagram: ms },
    interruptedMs: ms,
    lookAgainMs: { whatsapp: [], instagram: [ms, ms] },
    giveUpMs: 4 * ms,
  };
}
