import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { sql } from 'kysely';
import { PRIVACY_TASK_QUEUE } from '../../domain/erasure.ts';
import { readCheckpoints } from '../../lib/checkpoint-file.ts';
import { SIGNING_KEY_AGE_MS, SigningKeys } from '../../lib/crypto/signing-keys.ts';
import { ledgerEntries } from '../../store/ledger/ledger-entries.ts';
import { checkLedgerNow } from '../../store/ledger/ledger-snapshot.ts';
import { appendLedger } from '../../store/ledger/ledger.ts';
import { inTransaction } from '../../store/transaction.ts';
import { createPayloadCodec } from '../../lib/temporal/payload-codec.ts';
import { createInstallation } from '../support/installation.ts';
import { historyText, plainHistory } from '../support/plain-history.ts';

const RECORDED = join(import.meta.dirname, '..', 'histories', 'ledger-checkpoint.json');

const mayfly = await createInstallation();
const { db, settings } = mayfly;
const file = settings.LEDGER_CHECKPOINT_FILE;
const keys = SigningKeys.open(settings.SIGNING_KEY_FILE);
let runs = 0;

/** One run, as the schedule starts it. */
async function runCheckpoint(): Promise<{ position: number; copied: number }> {
  const workflowId = `ledger-checkpoint-${(runs += 1)}`;
  const handle = await mayfly.privacyClient.workflow.start('ledgerCheckpoint', {
    taskQueue: PRIVACY_TASK_QUEUE,
    workflowId,
    args: [],
  });
  return (await handle.result()) as { position: number; copied: number };
}

const alert = () =>
  inTransaction(db, (trx) =>
    appendLedger(trx, { actorRole: 'system', action: 'alert', details: { hours: 24 } }),
  );
const check = () => checkLedgerNow(db, { jwks: keys.jwks(), outside: readCheckpoints(file) });
const actions = async () =>
  (await Array.fromAsync(ledgerEntries(db, 0))).map(({ action }) => action);

/** Why a run failed, by the type of its failure and its message. */
async function failure(): Promise<string> {
  const error = await runCheckpoint().then(
    () => null,
    (failed: unknown) => failed,
  );
  const cause = error instanceof WorkflowFailedError ? error.cause?.cause : error;
  return cause instanceof ApplicationFailure ? `${cause.type}: ${cause.message}` : String(error);
}

async function past(triggers: () => Promise<unknown>): Promise<void> {
  await sql`ALTER TABLE mayfly.ledger DISABLE TRIGGER append_only`.execute(db);
  await triggers();
  await sql`ALTER TABLE mayfly.ledger ENABLE ALWAYS TRIGGER append_only`.execute(db);
}

test('a run signs how far the ledger has come, and keeps it in the database and outside', async () => {
  await alert();
  expect(await runCheckpoint()).toEqual({ position: 2, copied: 1 });
  await alert();
  await alert();
  expect(await runCheckpoint()).toEqual({ position: 5, copied: 1 });
  expect(await check()).toMatchObject({ holds: true, entries: 5, checkpoints: 2, outside: 2 });
  const history = await plainHistory(
    mayfly.privacyClient,
    createPayloadCodec(mayfly.ring.secret('payload codec')),
    'ledger-checkpoint-2',
  );
  if (process.env['RECORD_HISTORIES'] === '1') {
    mkdirSync(join(RECORDED, '..'), { recursive: true });
    writeFileSync(RECORDED, historyText(history));
  }
  expect(history.events?.length).toBeGreaterThan(10);
});

test('a run over a quiet hour signs that it was quiet', async () => {
  expect(await runCheckpoint()).toEqual({ position: 6, copied: 1 });
});

test('what could not be copied is copied by the next run, in its order, behind a line that was cut short', async () => {
  const [first = '', second = '', third = ''] = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, `${first}\n${second.slice(0, 50)}`);
  expect(await runCheckpoint()).toEqual({ position: 7, copied: 3 });
  expect(readFileSync(file, 'utf8')).toMatch(
    `${first}\n${second.slice(0, 50)}\n${second}\n${third}\n`,
  );
  expect(await check()).toMatchObject({ holds: true, checkpoints: 4, outside: 4 });
});

test('a key that is 90 days old is replaced before it signs again, and the ledger says so', async () => {
  const before = keys.current().kid;
  const content = JSON.parse(readFileSync(settings.SIGNING_KEY_FILE, 'utf8')) as {
    keys: { created_at: string }[];
  };
  content.keys[0]!.created_at = new Date(Date.now() - SIGNING_KEY_AGE_MS).toISOString();
  writeFileSync(settings.SIGNING_KEY_FILE, JSON.stringify(content));
  await runCheckpoint();
  expect(keys.current().kid).not.toBe(before);
  expect((await actions()).slice(-2)).toEqual(['signing key replaced', 'checkpoint']);
  await runCheckpoint();
  expect((await actions()).slice(-2)).toEqual(['checkpoint', 'checkpoint']);
  expect(await check()).toMatchObject({ holds: true, checkpoints: 6, outside: 6 });
});

test('a ledger that was edited since the last checkpoint is not signed', async () => {
  const { position } = await alert();
  const set = (hours: number) =>
    past(() =>
      sql`UPDATE mayfly.ledger SET details = ${JSON.stringify({ hours })} WHERE position = ${position}`.execute(
        db,
      ),
    );
  await set(25);
  expect(await failure()).toBe(
    `LedgerBroken: The ledger does not hold: entry ${position} was edited.`,
  );
  await set(24);
  await runCheckpoint();
});

test('a ledger that was rewritten in the database, checkpoints included, is not signed', async () => {
  const outside = readFileSync(file, 'utf8');
  const { position } = await runCheckpoint();
  renameSync(file, `${file}.true`);
  // The database as it was before the checkpoint that the file knows: as after restoring an older copy.
  await sql`ALTER TABLE mayfly.ledger_checkpoints DISABLE TRIGGER append_only`.execute(db);
  await past(async () => {
    await sql`DELETE FROM mayfly.ledger_checkpoints WHERE position = ${position}`.execute(db);
    await sql`DELETE FROM mayfly.ledger WHERE position = ${position}`.execute(db);
  });
  await sql`ALTER TABLE mayfly.ledger_checkpoints ENABLE ALWAYS TRIGGER append_only`.execute(db);
  renameSync(`${file}.true`, file);
  expect(await failure()).toBe(
    `LedgerBroken: The ledger does not hold: entry ${position}, which the newest checkpoint outside the database is of, is missing.`,
  );
  await alert();
  expect(await failure()).toContain(
    `entry ${position} contradicts the newest checkpoint outside the database`,
  );
  writeFileSync(file, outside);
  await runCheckpoint();
});

test('a file of checkpoints that somebody wrote into is not built upon', async () => {
  const outside = readFileSync(file, 'utf8');
  appendFileSync(file, 'something else\n');
  expect(await failure()).toContain('is not to be believed');
  writeFileSync(file, outside);
  await runCheckpoint();
  expect(await check()).toMatchObject({ holds: true });
});

test('a worker that was stopped and started again works in this namespace too', async () => {
  await mayfly.stopWorker();
  await mayfly.startWorker();
  await expect(runCheckpoint()).resolves.toMatchObject({ copied: 1 });
});
