import { ApplicationFailure } from '@temporalio/common';
import { GENESIS } from '../domain/ledger.ts';
import { appendCheckpoints, lastCheckpointLine } from '../lib/checkpoint-file.ts';
import { readCheckpoint, signCheckpoint } from '../lib/crypto/ledger-checkpoint.ts';
import type { SigningKeys } from '../lib/crypto/signing-keys.ts';
import type { Database } from '../store/database.ts';
import {
  insertCheckpoint,
  lastSigner,
  storedCheckpoints,
} from '../store/ledger/ledger-checkpoints.ts';
import { checkLedgerNow } from '../store/ledger/ledger-snapshot.ts';
import { appendLedger } from '../store/ledger/ledger.ts';
import { inTransaction } from '../store/transaction.ts';

/** What vouches for the ledger. Each can be repeated: a checkpoint too many says the same as the one before. */
export interface LedgerActivities {
  /** Replaces the signing key when it is old enough. */
  renewSigningKey(): Promise<{ replaced: boolean }>;
  /**
   * Makes sure that the ledger still agrees with the newest checkpoint outside the database, then signs how far it has
   * come. A ledger that does not hold is not signed: the failure `LedgerBroken` says what was found.
   */
  signLedger(): Promise<{ position: number }>;
  /** Copies the checkpoints that are not outside the database yet; returns how many. */
  copyCheckpoints(): Promise<{ copied: number }>;
}

export interface LedgerDeps {
  db: Database;
  keys: SigningKeys;
  checkpointFile: string;
}

export function createLedgerActivities({ db, keys, checkpointFile }: LedgerDeps): LedgerActivities {
  return {
    renewSigningKey: async () => ({ replaced: (await keys.renew(new Date())) === 'replaced' }),

    signLedger: async () => {
      await refuseIfBroken({ db, keys, checkpointFile });
      return inTransaction(db, async (trx) => {
        const signer = keys.current();
        const before = await lastSigner(trx);
        if (before !== null && before !== signer.kid) {
          await appendLedger(trx, {
            actorRole: 'system',
            action: 'signing key replaced',
            details: {},
          });
        }
        const place = await appendLedger(trx, {
          actorRole: 'system',
          action: 'checkpoint',
          details: {},
        });
        const statement = await signCheckpoint(signer, place);
        await insertCheckpoint(trx, { position: place.position, keyId: signer.kid, statement });
        return { position: place.position };
      });
    },

    copyCheckpoints: async () => {
      const { position } = await lastOutside({ keys, checkpointFile });
      let copied = 0;
      for await (const { statement } of storedCheckpoints(db, position)) {
        appendCheckpoints(checkpointFile, [statement]);
        copied += 1;
      }
      return { copied };
    },
  };
}

/** Signing over a ledger that was tampered with would make the tampering look true. */
async function refuseIfBroken({ db, keys, checkpointFile }: LedgerDeps): Promise<void> {
  const from = await lastOutside({ keys, checkpointFile });
  const finding = await checkLedgerNow(db, { jwks: keys.jwks(), outside: null, from });
  if (!finding.holds) throw broken(finding.problem);
}

/** What the newest checkpoint outside the database says; the beginning of the ledger when there is none. */
async function lastOutside(deps: Pick<LedgerDeps, 'keys' | 'checkpointFile'>) {
  const line = lastCheckpointLine(deps.checkpointFile);
  if (line === null) return GENESIS;
  const reading = await readCheckpoint(line, deps.keys.jwks());
  if (reading.isGenuine) return reading.checkpoint;
  throw broken(
    `the newest checkpoint outside the database is not to be believed: ${reading.fault}`,
  );
}

function broken(problem: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`The ledger does not hold: ${problem}.`, 'LedgerBroken');
}
