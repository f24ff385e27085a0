import { GENESIS, ledgerDetails } from '../../domain/ledger.ts';
import type { LedgerEntry } from '../../domain/ledger.ts';
import type { JwkSet } from '../../lib/crypto/jwk-set.ts';
import { CheckpointTrail } from './ledger-checkpoint-trail.ts';
import type { StoredCheckpoint } from './ledger-checkpoints.ts';
import { hashOfEntry } from './ledger-hash.ts';

/** What a check is made of. The iterables are in order and are read once, so that any number of entries will do. */
export interface LedgerEvidence {
  /** The entries behind `from`. */
  entries: AsyncIterable<LedgerEntry>;
  /** The checkpoints behind `from` that the database keeps. */
  stored: AsyncIterable<StoredCheckpoint>;
  /** The statements kept outside the database; null to check without them. */
  outside: AsyncIterable<string> | null;
  jwks: JwkSet;
  /** An entry that is known to be true; without it the check begins at the first. */
  from?: { position: number; hash: string };
}

export type LedgerFinding =
  | {
      holds: true;
      entries: number;
      checkpoints: number;
      outside: number;
      lastCheckpointAt: string | null;
    }
  /** The first thing that does not hold, as a sentence. */
  | { holds: false; problem: string };

/** Goes through the ledger from its beginning, and stops at the first thing that does not hold. */
export async function checkLedger(evidence: LedgerEvidence): Promise<LedgerFinding> {
  const { jwks, from = GENESIS } = evidence;
  const stored = CheckpointTrail.inDatabase(evidence.stored, jwks);
  const outside = evidence.outside && CheckpointTrail.outside(evidence.outside, jwks);
  let last: { position: number; hash: string } = from;
  for await (const entry of evidence.entries) {
    const problem =
      entryProblem(last, entry) ??
      (await outside?.problemAt(entry)) ??
      (await stored.problemAt(entry));
    if (problem != null) return { holds: false, problem };
    last = entry;
  }
  const problem =
    (await outside?.problemAfter(last.position)) ?? (await stored.problemAfter(last.position));
  if (problem != null) return { holds: false, problem };
  return {
    holds: true,
    entries: last.position,
    checkpoints: stored.count,
    outside: outside?.count ?? 0,
    lastCheckpointAt: stored.lastAt,
  };
}

function entryProblem(last: { position: number; hash: string }, entry: LedgerEntry): string | null {
  const { position } = entry;
  const missing = position - last.position - 1;
  if (missing > 0) {
    const which =
      missing === 1
        ? `entry ${position - 1} is`
        : `entries ${last.position + 1} to ${position - 1} are`;
    return `${which} missing`;
  }
  const isFollowing = entry.previousHash === last.hash;
  const isItself =
    ledgerDetails.safeParse(entry.details).success && entry.hash === hashOfEntry(entry);
  if (isFollowing && isItself) return null;
  if (isFollowing) return `entry ${position} was edited`;
  // An entry that is as it was written names the hash of the one that was before it then.
  return isItself
    ? `entry ${position} does not follow the entry before it: entry ${position - 1} was replaced, or entries were taken out`
    : `entry ${position} is not where it was written: entries were reordered, or its link was edited`;
}
