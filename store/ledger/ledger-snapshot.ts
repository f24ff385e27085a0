import { GENESIS } from '../../domain/ledger.ts';
import type { JwkSet } from '../../lib/crypto/jwk-set.ts';
import type { Database } from '../database.ts';
import { checkLedger } from './ledger-check.ts';
import type { LedgerFinding } from './ledger-check.ts';
import { storedCheckpoints } from './ledger-checkpoints.ts';
import { hashAt, ledgerEntries } from './ledger-entries.ts';

export interface SnapshotCheck {
  jwks: JwkSet;
  /** Statements kept outside the database, opened before this call: a newer one would seem to have no entry. */
  outside: AsyncIterable<string> | null;
  /** An entry that a checkpoint vouches for: the check begins there, once the ledger is seen to have it. */
  from?: { position: number; hash: string };
}

/** Checks the ledger as it is at this moment, while others go on appending to it. */
export function checkLedgerNow(db: Database, check: SnapshotCheck): Promise<LedgerFinding> {
  const { jwks, outside, from = GENESIS } = check;
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      if (from.position > 0) {
        const hash = await hashAt(trx, from.position);
        if (hash !== from.hash) return { holds: false, problem: startProblem(from.position, hash) };
      }
      return checkLedger({
        entries: ledgerEntries(trx, from.position),
        stored: storedCheckpoints(trx, from.position),
        outside,
        jwks,
        from,
      });
    });
}

function startProblem(position: number, found: string | null): string {
  return found === null
    ? `entry ${position}, which the newest checkpoint outside the database is of, is missing`
    : `entry ${position} contradicts the newest checkpoint outside the database: the ledger was rewritten since (a fork)`;
}
