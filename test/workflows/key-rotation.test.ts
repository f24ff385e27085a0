import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRIVACY_TASK_QUEUE } from '../../domain/erasure.ts';
import { BackupKeys } from '../../lib/crypto/backup-keys.ts';
import { ledgerEntries } from '../../store/ledger/ledger-entries.ts';
import { createPayloadCodec } from '../../lib/temporal/payload-codec.ts';
import { ACCOUNTS, createInstallation } from '../support/installation.ts';
import { historyText, plainHistory } from '../support/plain-history.ts';

const HOUR_MS = 3_600_000;
const RECORDED = join(import.meta.dirname, '..', 'histories', 'key-rotation.json');
const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS);

const mayfly = await createInstallation();
const root = mayfly.ring.rootKeyMove;
const backupKeys = new BackupKeys(join(mayfly.folder, 'backup-keys'));
let runs = 0;

/** One run, as the schedule starts it. */
async function run(): Promise<unknown> {
  runs += 1;
  const handle = await mayfly.privacyClient.workflow.start('keyRotation', {
    taskQueue: PRIVACY_TASK_QUEUE,
    workflowId: `key-rotation-${runs}`,
    args: [],
  });
  return handle.result();
}

const told = async () =>
  (await Array.fromAsync(ledgerEntries(mayfly.db, 0)))
    .filter(({ action }) => action === 'root key replaced')
    .map(({ details }) => details);

const write = (text: string) =>
  mayfly.post(
    'whatsapp',
    mayfly.webhooks.whatsAppTextWebhook({
      from: '15550102477',
      phoneNumberId: ACCOUNTS.whatsapp,
      text,
    }),
  );

test('a root key that is young is kept', async () => {
  expect(await run()).toEqual({ replaced: false, expired: 0 });
  expect(await told()).toEqual([]);
});

test('a root key that is about to be a day old is replaced while api and worker go on, and the ledger says so', async () => {
  await write('hello');
  await mayfly.sent(1);
  // A replacement that a worker began a day ago, and did not live to end.
  root.begin(ago(23), -Infinity);
  expect(await run()).toEqual({ replaced: true, expired: 0 });
  expect(await run()).toEqual({ replaced: true, expired: 0 });
  expect(root.generation()).toBe(3);
  expect(Date.now() - root.madeAt().getTime()).toBeLessThan(HOUR_MS);
  expect(await told()).toEqual([{ generation: 2 }, { generation: 3 }]);
  await write('and again');
  await mayfly.sent(2);
  const history = await plainHistory(
    mayfly.privacyClient,
    createPayloadCodec(mayfly.ring.secret('payload codec')),
    `key-rotation-${runs}`,
  );
  if (process.env['RECORD_HISTORIES'] === '1') {
    mkdirSync(join(RECORDED, '..'), { recursive: true });
    writeFileSync(RECORDED, historyText(history));
  }
  expect(history.events?.length).toBeGreaterThan(8);
});

test('the key of key backups is overwritten before it is 48 hours old', async () => {
  const old = backupKeys.forSealing(ago(47));
  const young = backupKeys.forSealing(ago(20));
  expect(await run()).toEqual({ replaced: false, expired: 1 });
  expect(backupKeys.find(old, new Date())).toBeNull();
  expect(backupKeys.find(young, new Date())).toEqual(young);
});
