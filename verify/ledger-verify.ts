/** `npm run ledger:verify [-- --jwks FILE|URL --checkpoints FILE]`: exit 0, or 1 with the first thing that does not hold. */
import { parseArgs } from 'node:util';
import { checkpointFileOf, readCheckpoints } from '../lib/checkpoint-file.ts';
import { readSettings } from '../lib/config.ts';
import { connectDatabase } from '../store/database.ts';
import type { LedgerFinding } from '../store/ledger/ledger-check.ts';
import { checkLedgerNow } from '../store/ledger/ledger-snapshot.ts';
import { publicKeys } from './key-source.ts';
import { report } from './report.ts';

await report(async () => {
  const { values } = parseArgs({
    options: { jwks: { type: 'string' }, checkpoints: { type: 'string' } },
  });
  const jwks = await publicKeys(values.jwks, process.env);
  const checkpointFile = values.checkpoints ?? usualCheckpointFile();
  // Opened before the ledger is read: what is signed meanwhile would have no entry yet.
  const outside = readCheckpoints(checkpointFile);
  const { db } = connectDatabase({
    connectionString: databaseUrl(),
    maxConnections: 1,
    onIdleError: () => undefined,
  });
  try {
    const finding = await checkLedgerNow(db, { jwks, outside: outside ?? none() });
    return { holds: finding.holds, line: lineOf(finding) };
  } finally {
    await db.destroy();
  }
});

function databaseUrl(): string {
  if (process.env['DATABASE_URL'] || process.env['DATABASE_URL_FILE']) {
    return readSettings(process.env, ['DATABASE_URL']).DATABASE_URL;
  }
  throw new Error('there is no database to check: set DATABASE_URL, or let npm start run');
}

function usualCheckpointFile(): string {
  const isGiven = ['LEDGER_CHECKPOINT_FILE', 'KEY_RING_FILE'].some((name) => process.env[name]);
  if (!isGiven)
    throw new Error(
      'there is no file of checkpoints: give --checkpoints, or set LEDGER_CHECKPOINT_FILE or KEY_RING_FILE',
    );
  return checkpointFileOf({
    ...readSettings(process.env, ['LEDGER_CHECKPOINT_FILE']),
    KEY_RING_FILE: process.env['KEY_RING_FILE'] ?? '',
  });
}

/** Without a file, a ledger with checkpoints does not hold: nothing would show that its end was cut off. */
async function* none(): AsyncGenerator<string> {}

function lineOf(finding: LedgerFinding): string {
  if (!finding.holds) return `The ledger does not hold: ${finding.problem}.`;
  const { entries, checkpoints, outside, lastCheckpointAt } = finding;
  if (entries === 0) return 'The ledger holds. It is empty.';
  const signed =
    lastCheckpointAt === null
      ? 'no signed checkpoint yet'
      : `${counted(checkpoints, 'signed checkpoint', 'signed checkpoints')}, the last at ${lastCheckpointAt}, ${outside} of them also outside the database`;
  return `The ledger holds: ${counted(entries, 'entry', 'entries')}, ${signed}.`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
