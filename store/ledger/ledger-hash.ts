import { createHash } from 'node:crypto';
import { canonicalEntry } from '../../domain/ledger.ts';
import type { LedgerEntry } from '../../domain/ledger.ts';

/** The hash of an entry, over all of its fields and the hash of the entry before it. */
export function hashOfEntry(entry: Omit<LedgerEntry, 'hash'>): string {
  return createHash('sha256').update(canonicalEntry(entry), 'utf8').digest('hex');
}
