import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import path from 'node:path';
import { sql } from 'kysely';
import { PRIVACY_TASK_QUEUE } from '../../domain/erasure.ts';
import { restoreBackup } from '../../backup/restore-backup.ts';
import { writeBackup } from '../../backup/write-backup.ts';
import { BackupKeys } from '../../lib/crypto/backup-keys.ts';
import { readErasures } from '../../lib/erasure-list.ts';
import { SigningKeys } from '../../lib/crypto/signing-keys.ts';
import { readCheckpoints } from '../../lib/checkpoint-file.ts';
import { checkLedgerNow } from '../../store/ledger/ledger-snapshot.ts';
import { eventually } from '../support/eventually.ts';
import { ACCOUNTS, createInstallation } from '../support/installation.ts';

const MARKED = 'This database was restored from a backup';
const mayfly = await createInstallation();
const { db, ring, settings } = mayfly;
const backupKeys = new BackupKeys(join(mayfly.folder, 'backup-keys'));
const files = {
  signingKeyFile: settings.SIGNING_KEY_FILE,
  checkpointFile: settings.LEDGER_CHECKPOINT_FILE,
  erasureListFile: join(mayfly.folder, 'erasure-list'),
};
const report = () => undefined;

const webhookOf = (from: string, text: string) =>
  mayfly.webhooks.whatsAppTextWebhook({ from, phoneNumberId: ACCOUNTS.whatsapp, text });
const people = async () =>
  (await db.selectFrom('mayfly.subjects').select('id').where('erasing_at', 'is', null).execute())
    .length;

const runWorkflow = (type: string, args: unknown[]) =>
  mayfly.privacyClient.workflow.execute(type, {
    taskQueue: PRIVACY_TASK_QUEUE,
    workflowId: `${type}-${randomUUID()}`,
    args,
  });
const checkpoint = () => runWorkflow('ledgerCheckpoint', []);

const checkLedger = () =>
  checkLedgerNow(db, {
    jwks: SigningKeys.open(files.signingKeyFile).jwks(),
    outside: readCheckpoints(files.checkpointFile),
  });

async function stop(): Promise<void> {
  await mayfly.stopApi();
  await mayfly.stopWorker();
}

async function start(): Promise<void> {
  await Promise.all([mayfly.startApi(), mayfly.startWorker()]);
}

/** Whoever was connected is not any more, as after a restart of the server. */
const disconnectAll = () =>
  sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`.execute(db);

test('who was erased after the backup is gone after its restore, and a late webhook does not bring them back', async () => {
  const [gone, stays] = [
    webhookOf('15550102601', 'good morning'),
    webhookOf('15550102602', 'hello'),
  ];
  await mayfly.post('whatsapp', gone);
  await mayfly.sent(1);
  const { id } = await db.selectFrom('mayfly.subjects').select('id').executeTakeFirstOrThrow();
  await mayfly.post('whatsapp', stays);
  await mayfly.sent(2);
  await checkpoint();
  const folder = join(mayfly.folder, 'backup');
  await writeBackup(
    { db, ring, backupKeys, signingKeyFile: files.signingKeyFile, report },
    { folder, scope: 'data and keys', now: new Date() },
  );
  await runWorkflow('erasure', [{ subjectId: id, cause: 'on request' }]);
  await checkpoint();
  await stop();
  const options = { keysFolder: null, listIsLost: false, isPutBack: false, now: new Date() };
  const deps = { ...files, db, ring, backupKeys, report };
  const restored = await restoreBackup(deps, { ...options, folder, replaces: true });
  expect(restored).toMatchObject({ erasedAgain: 1, keys: 1, lostEntries: 0 });
  await start();
  expect((await mayfly.post('whatsapp', gone)).status).toBe(200);
  expect(await people()).toBe(1);
  await mayfly.post('whatsapp', webhookOf('15550102602', 'are you still there?'));
  await mayfly.sent(3);
  expect(await people()).toBe(1);
  // The ledger is the longer one that was there, and says what was done.
  await checkpoint();
  expect(await checkLedger()).toMatchObject({ holds: true, checkpoints: 3, outside: 3 });
});

test('a ledger that was put back says how much of it is lost, and holds from then on', async () => {
  const folder = join(mayfly.folder, 'backup-of-ledger');
  await writeBackup(
    { db, ring, backupKeys, signingKeyFile: files.signingKeyFile, report },
    { folder, scope: 'data and keys', now: new Date() },
  );
  await checkpoint();
  await stop();
  // As in a database that was lost: nothing of the ledger is there.
  for (const table of ['ledger_checkpoints', 'ledger']) {
    const name = sql.table(`mayfly.${table}`);
    await sql`ALTER TABLE ${name} DISABLE TRIGGER append_only`.execute(db);
    await sql`DELETE FROM ${name}`.execute(db);
    await sql`ALTER TABLE ${name} ENABLE ALWAYS TRIGGER append_only`.execute(db);
  }
  const restored = await restoreBackup(
    { ...files, db, ring, backupKeys, report },
    {
      folder,
      keysFolder: null,
      listIsLost: false,
      isPutBack: false,
      now: new Date(),
      replaces: true,
    },
  );
  expect(restored.lostEntries).toBe(1);
  await start();
  await checkpoint();
  expect(await checkLedger()).toMatchObject({ holds: true, checkpoints: 4, outside: 4 });
  const told = await db
    .selectFrom('mayfly.ledger')
    .select('details')
    .where('action', '=', 'data restored')
    .orderBy('position', 'desc')
    .executeTakeFirstOrThrow();
  expect(told.details).toEqual({ people: 0, lost: 1 });
});

test('no process serves a database whose restore is not finished, whether it starts then or was there before', async () => {
  const id = randomUUID();
  await db.insertInto('mayfly.restores').values({ id, backup_made_at: new Date() }).execute();
  await disconnectAll().catch(() => undefined);
  await eventually(async () => {
    const { status } = await mayfly.post('whatsapp', webhookOf('15550102603', 'hello?'));
    expect(status).toBe(503);
  });
  expect(await people()).toBe(1);
  await stop();
  await expect(mayfly.startApi()).rejects.toThrow(MARKED);
  await expect(mayfly.startWorker()).rejects.toThrow(MARKED);
  const { code, err } = await migrate();
  expect(err).toMatch(
    new RegExp(`^${MARKED}.*finish with "npm run restore", then start again\\.\n$`),
  );
  expect(code).toBe(78);
  await db
    .updateTable('mayfly.restores')
    .set({ finished_at: new Date() })
    .where('id', '=', id)
    .execute();
  await start();
  await mayfly.post('whatsapp', webhookOf('15550102603', 'hello?'));
  await mayfly.sent(4);
});

test('neither api nor worker serves a database in which somebody is who stands on the list of erasures', async () => {
  const [listed] = readErasures(files.erasureListFile);
  if (listed === undefined) throw new Error('somebody was erased before');
  await stop();
  await db
    .insertInto('mayfly.subjects')
    .values({
      ...{ id: listed.subjectId, channel: 'whatsapp', account: ACCOUNTS.whatsapp },
      last_inbound_at: new Date(),
    })
    .execute();
  const OLD = 'This database does not go with its key ring';
  await expect(mayfly.startApi()).rejects.toThrow(OLD);
  await expect(mayfly.startWorker()).rejects.toThrow(OLD);
  await db.deleteFrom('mayfly.subjects').where('id', '=', listed.subjectId).execute();
  await start();
});

function migrate(): Promise<{ code: number; err: string }> {
  const program = path.resolve(import.meta.dirname, '../../worker/migrate.ts');
  const env = { PATH: process.env['PATH'], ...settings };
  return new Promise((resolve) => {
    execFile(process.execPath, [program], { env }, (error, _out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), err }),
    );
  });
}
