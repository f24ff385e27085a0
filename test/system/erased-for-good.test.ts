import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { POLICY } from '../../domain/policy.ts';
import { BackupKeys } from '../../lib/crypto/backup-keys.ts';
import { SEALED_COLUMNS } from '../../lib/crypto/subject-cipher.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  attack,
  dataKeysOf,
  datedKeysIn,
  keysTheProductHas,
  locksOf,
  openedByForce,
  whoIs,
} from './attacker.ts';
import type { Lock } from './attacker.ts';
import { backup, keysInBackup, unpackBackup } from './backups.ts';
import { formsOf, scanFolder } from './byte-scan.ts';
import type { Finding, Form } from './byte-scan.ts';
import { carvedOf, CARVED_COLUMNS, known } from './carve.ts';
import type { CarvedOf } from './carve.ts';
import { copyEveryTable, dumpOf } from './dump.ts';
import { addNeighbours, castFor, goOn, isForgotten, talk } from './erased-on-request.ts';
import { everyKeyIn } from './every-key-in.ts';
import { formsOfKeysThatGo } from './keys-that-go.ts';
import { keyFolderOf, openHistories, rob } from './loot.ts';
import type { Loot } from './loot.ts';
import { formsOfAll, personalSecrets } from './personal-secrets.ts';
import { plantEverywhere, PLACES, unseenIn } from './plant.ts';
import { namespacesOf, startProcesses } from './processes.ts';
import { killEverything, stopPacking, withDatabase } from './unpacked-postgres.ts';

/** Places that only somebody who copies the database makes, beside those that are there by themselves. */
const COPIES = { 'a copy of every table': 'dump/', 'a backup, unpacked': 'unpacked-backup/' };

const mayfly = await startProcesses({ environment: { LLM_RETENTION_DAYS: '0' } });
const { servers } = mayfly;
const { folder } = servers;
const keyFolder = keyFolderOf(mayfly);
const dataFolder = path.join(folder, 'mayfly');
/** Of the thief, and outside of what is scanned. */
const home = temporaryFolder();
afterAll(() => mayfly.close());

const cast = castFor(mayfly);
const { her } = cast;
const planted = [
  ...formsOfAll('planted', personalSecrets(9999)),
  ...formsOf('planted: key', randomBytes(32)),
];

let owners: [subject: string, request: string];
let neighbours: string[];
let before: Loot;
let after: Omit<Loot, 'backupFolder'>;
let hersCarved: CarvedOf;
let certificate: Awaited<ReturnType<typeof isForgotten>>;
let toldToTheModel: string;
let findings: Finding[];

beforeAll(async () => {
  await stopPacking(mayfly);
  const request = await talk(mayfly, cast);
  const [herId] = whoIs(await dumpOf(mayfly.db), keyFolder, known(her));
  owners = [String(herId), request.requestId];
  neighbours = await addNeighbours(mayfly, owners[0]);
  before = await rob(mayfly, path.join(home, 'before'));
  hersCarved = carvedOf(before.dump, owners);
  await openHistories(mayfly, keyFolder, path.join(home, 'histories before'));
  certificate = await isForgotten(mayfly, her, request);
  toldToTheModel = await goOn(mayfly, cast);
  await openHistories(mayfly, keyFolder, path.join(home, 'histories after'));
  after = { dump: await dumpOf(mayfly.db), keyFolder };
  await plantAndCopy();
  await killEverything(mayfly);
  findings = scanFolder(folder, [
    ...planted,
    ...Object.entries(cast).flatMap(([name, one]) => formsOfAll(name, one)),
    ...formsOfKeysThatGo(before, owners),
    ...keysThatStay(),
  ]);
}, 240_000);

/** The copies are made after the erasure; what is planted is in them like everything else. */
async function plantAndCopy(): Promise<void> {
  const connection = await Connection.connect({ address: servers.temporalAddress });
  const temporal = new Client({ connection, namespace: namespacesOf('mayfly').conversations });
  await withDatabase(servers, async (database) => {
    await plantEverywhere(planted, { folder, database, temporal });
    await copyEveryTable(database, path.join(folder, COPIES['a copy of every table']));
    await backup(mayfly, path.join(folder, 'backup'));
    await database.query('CHECKPOINT');
  });
  const into = path.join(folder, COPIES['a backup, unpacked']);
  await unpackBackup(path.join(folder, 'backup'), { keyFolder, into });
  await connection.close();
}

/** Keys that are still there, of which the scan must find each exactly where it belongs. */
function keysThatStay(): Form[] {
  const dataKey = dataKeysOf([before.dump], before.keyFolder).get(neighbours[0] ?? '');
  const [backupKey] = datedKeysIn(path.join(keyFolder, 'backup-keys'));
  if (dataKey === undefined || backupKey === undefined) throw new Error('a key is missing');
  return [
    ...formsOf("stays: a neighbour's data key", dataKey),
    ...formsOf('stays: key of backups', backupKey),
  ];
}

/** One thing of hers for each way in which a key could be of use to a thief. */
function oneLockOfEachKind(): Lock[] {
  const locks = locksOf(hersCarved, known(her), before.keyFolder);
  return [...Map.groupBy(locks, ({ purpose }) => purpose).values()].flatMap(
    ([first]) => first ?? [],
  );
}

test('the thief knows every column that is sealed', () => {
  expect(CARVED_COLUMNS.toSorted()).toEqual([...SEALED_COLUMNS].sort());
});

test('before the erasure, who has the database and the keys reads all of her words, and finds her by her number', () => {
  const { opened, closed } = attack([before.dump], before.keyFolder);
  expect(closed).toEqual([]);
  const texts = opened.filter(({ ownerId }) => owners.includes(ownerId)).map(({ text }) => text);
  for (const secret of [her.words, her.reply, her.phone, her.whatsAppMessage, her.mailAddress])
    expect(texts.filter((text) => text.includes(secret))).not.toEqual([]);
  expect(whoIs(before.dump, before.keyFolder, known(her))).toEqual([owners[0], owners[0]]);
});

test('before the erasure, each of her locks yields to a key that is there, and to one that was left in any file', () => {
  const all = locksOf(hersCarved, known(her), before.keyFolder);
  expect(openedByForce(keysTheProductHas(before.keyFolder), all)).toEqual([
    'a wrapped key',
    'the block of a whatsapp phone',
    'the block of a whatsapp user id',
  ]);
  const left = path.join(home, 'left');
  mkdirSync(left);
  const keys = [...dataKeysOf([before.dump], before.keyFolder)];
  const noise = () => randomBytes(45);
  const bytes = keys.flatMap(([owner, key]) => (owners.includes(owner) ? [noise(), key] : []));
  writeFileSync(path.join(left, 'core'), Buffer.concat([...bytes, noise()]));
  expect(openedByForce(everyKeyIn(left), all)).toEqual(
    [...new Set(all.map(({ name }) => name))]
      .filter((name) => !/^a wrapped|^the block/.test(name))
      .sort(),
  );
});

test.each(Object.entries({ ...PLACES, ...COPIES }))(
  'the scan finds each planted secret in each form in %s',
  (_name, place) => {
    expect(unseenIn(place, planted, findings)).toEqual([]);
  },
);

test('the scan finds keys that stay where they belong, and nowhere else', () => {
  const filesWith = (secret: string) => [
    ...new Set(findings.filter((one) => one.secret === secret).map(({ file }) => file)),
  ];
  expect(filesWith("stays: a neighbour's data key")).toEqual(['unpacked-backup/keys.sealed']);
  expect(filesWith('stays: key of backups')).toEqual(['mayfly/keys/backup-keys']);
});

test('after the erasure, nothing of her, and no key that opened it, is in any file, dump or backup, in any form', () => {
  expect(findings.filter(({ secret }) => !/^(planted|stays): /.test(secret))).toEqual([]);
});

test("Temporal's histories, opened, tell nothing of her, before and after", () => {
  const forms = [...formsOfAll('she', her), ...formsOf('random id', owners[0])];
  const found = scanFolder(home, forms).filter(({ file }) => file.startsWith('histories'));
  expect(new Set(found.map(({ secret }) => secret))).toEqual(new Set(['random id']));
});

test('after the erasure, no key that is there opens anything that was carved of her, by the product or by force', () => {
  const { closed, opened } = attack([before.dump, after.dump], keyFolder);
  expect(opened.filter(({ ownerId }) => owners.includes(ownerId))).toEqual([]);
  expect(closed).toEqual(hersCarved.values);
  const all = locksOf(hersCarved, known(her), before.keyFolder);
  expect(openedByForce(keysTheProductHas(keyFolder), all)).toEqual([]);
  expect(openedByForce(everyKeyIn(dataFolder), oneLockOfEachKind())).toEqual([]);
});

test('after the erasure, no key that is there tells that a carved identifier was hers', () => {
  expect(whoIs(before.dump, keyFolder, known(her))).toEqual([null, null]);
  expect(whoIs(after.dump, keyFolder, known(her))).toEqual([null, null]);
  const friend = whoIs(before.dump, before.keyFolder, known(cast.friend));
  expect(friend).toEqual([expect.any(String), friend[0]]);
  expect(whoIs(after.dump, keyFolder, known(cast.friend))).toEqual(friend);
});

test('everything of everybody else opens as before, that of her neighbours in the bucket too', () => {
  const { opened, closed } = attack([after.dump], keyFolder);
  expect(closed).toEqual([]);
  const textsOf = (all: typeof opened) =>
    all
      .filter(
        ({ ownerId, column }) => !owners.includes(ownerId) && column !== 'addresses.sealed_address',
      )
      .map(({ rowId, column, text }) => `${rowId} ${column} ${text}`);
  const then = textsOf(attack([before.dump], before.keyFolder).opened);
  expect(textsOf(opened)).toEqual(expect.arrayContaining(then));
  expect(opened.filter(({ ownerId }) => neighbours.includes(ownerId))).not.toEqual([]);
});

test('everybody else goes on, and the model is told what was said before', () => {
  const { friend, other, waverer } = cast;
  for (const { reply } of [friend, other, waverer]) expect(toldToTheModel).toContain(reply);
});

test('a backup of keys from before gives hers back until the day that the certificate names, and never again', async () => {
  const { at } = certificate.keys_destroyed;
  const until = new Date(Date.parse(at) + POLICY.keyBackupMs);
  expect(certificate.expiring_elsewhere).toContainEqual({
    where: 'key backups',
    until: until.toISOString(),
  });
  const opened = (now: Date) => keysInBackup(before.backupFolder, { keyFolder, now });
  const inTime = await opened(new Date());
  expect(inTime?.map(({ subjectId }) => subjectId)).toEqual(expect.arrayContaining(owners));
  const file = path.join(keyFolder, 'backup-keys');
  const keys = datedKeysIn(file);
  expect(new BackupKeys(file).destroyOlderThan(POLICY.keyBackupMs, until)).toBe(keys.length);
  expect(await opened(new Date())).toBeNull();
  expect(keys.filter((key) => readFileSync(file).includes(key))).toEqual([]);
});
