import { existsSync, renameSync } from 'node:fs';
import { lastCheckpointLine } from '../lib/checkpoint-file.ts';
import { readCheckpoint } from '../lib/crypto/ledger-checkpoint.ts';
import { SigningKeys } from '../lib/crypto/signing-keys.ts';
import type { Database, InTransaction } from '../store/database.ts';
import { hashAt } from '../store/ledger/ledger-entries.ts';
import { appendLedger } from '../store/ledger/ledger.ts';

/**
 * A ledger that was put back ends before the newest checkpoint outside the database, and must not be mistaken for one
 * that somebody cut short: the checkpoints that it contradicts are set aside, where auditors find them, and it says
 * itself how many of its entries are lost. Returns where the checkpoints are; null when nothing is lost.
 */
export async function setAsideCheckpoints(
  db: Database,
  {
    checkpointFile,
    signingKeyFile,
    restoreId,
  }: { checkpointFile: string; signingKeyFile: string; restoreId: string },
): Promise<{ lost: number; aside: string | null }> {
  const aside = `${checkpointFile}.until-restore-${restoreId}`;
  if (!existsSync(signingKeyFile)) return { lost: 0, aside: null };
  // Set aside by a call that was killed afterwards.
  const line = lastCheckpointLine(existsSync(aside) ? aside : checkpointFile);
  if (line === null) return { lost: 0, aside: null };
  const reading = await readCheckpoint(line, SigningKeys.open(signingKeyFile).jwks());
  // A checkpoint that is not to be believed stays where it is, for the next check of the ledger to report.
  if (!reading.isGenuine) return { lost: 0, aside: null };
  const { position, hash } = reading.checkpoint;
  if ((await hashAt(db, position)) === hash) return { lost: 0, aside: null };
  if (!existsSync(aside)) renameSync(checkpointFile, aside);
  return { lost: Math.max(1, position - (await headOf(db))), aside };
}

async function headOf(db: Database): Promise<number> {
  const { last } = await db
    .selectFrom('mayfly.ledger')
    .select((eb) => eb.fn.max<string | null>('position').as('last'))
    .executeTakeFirstOrThrow();
  return Number(last ?? 0);
}

/** The ledger tells of a restore itself. */
export async function tellRestore(
  trx: InTransaction,
  details: { people: number; lost: number },
): Promise<void> {
  await appendLedger(trx, { actorRole: 'operator', action: 'data restored', details });
}
