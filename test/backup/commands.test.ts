import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { createPlace, TEXT } from './place.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const folder = temporaryFolder();
const place = await createPlace();
const people = await place.add(3);

/** Runs a command as npm does, with this environment alone. */
function run(
  program: 'backup' | 'restore',
  args: readonly string[],
  changed: Record<string, string> = {},
) {
  const { files } = place;
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: place.connectionString(),
    KEY_RING_FILE: files.ringFile,
    ROOT_KEY_FILE: files.rootKeyFile,
    SIGNING_KEY_FILE: files.signingKeyFile,
    BACKUP_KEY_FILE: files.backupKeyFile,
    LEDGER_CHECKPOINT_FILE: files.checkpointFile,
    ERASURE_LIST_FILE: files.erasureListFile,
    ...changed,
  };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(
      process.execPath,
      [path.join(ROOT, 'local/command.ts'), `backup/${program}.ts`, ...args],
      { env },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

const target = path.join(folder, 'backups', 'today');

test('a backup appears as a whole, for its owner alone, and says what is in it and until when its keys open', async () => {
  const { code, out, err } = await run('backup', [target]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^data: mayfly\.messages, 3 rows$/m);
  expect(out).toMatch(/^keys: 1024 of 1024 buckets$/m);
  expect(out).toMatch(/^backed up: rows \d+, keys 3; the keys can be restored until 20\S+Z\n$/m);
  expect(readdirSync(path.dirname(target))).toEqual(['today']);
  expect(statSync(target).mode & 0o077).toBe(0);
  const files = readdirSync(target);
  expect(files).toEqual(
    expect.arrayContaining(['manifest.json', 'keys.sealed', 'mayfly.subjects.jsonl.gz']),
  );
  for (const file of files) expect(statSync(path.join(target, file)).mode & 0o077).toBe(0);
});

test('no table of keys is in a backup, and no key or identifier of anybody can be read in it', async () => {
  expect(readdirSync(target).filter((name) => name.startsWith('keys.'))).toEqual(['keys.sealed']);
  const bytes = Buffer.concat(
    readdirSync(target).map((name) => readFileSync(path.join(target, name))),
  );
  const wrapped = await place.db().selectFrom('keys.subject_keys').select('wrapped_key').execute();
  for (const { wrapped_key: key } of wrapped) expect(bytes.includes(key)).toBe(false);
  for (const { id, reference } of people) {
    expect(readFileSync(path.join(target, 'keys.sealed')).includes(id)).toBe(false);
    for (const { value } of reference.identifiers) expect(bytes.includes(value)).toBe(false);
  }
});

test('a folder that holds something is not written to, and one that could not be finished leaves nothing behind', async () => {
  expect(await run('backup', [target])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/is not empty: name a folder that is not there yet\n$/),
  });
  const blocked = path.join(folder, 'blocked');
  mkdirSync(blocked);
  const { code } = await run('backup', [path.join(blocked, 'x')], { BACKUP_KEY_FILE: folder });
  expect(code).toBe(1);
  expect(readdirSync(blocked)).toEqual([]);
});

test('what cannot be done ends with 1 and one line that says what to do', async () => {
  const nothing = path.join(folder, 'nothing');
  const cases: [Parameters<typeof run>, RegExp][] = [
    [['backup', []], /^Name the folder to write: npm run backup -- DIR \[--keys-only\]\n$/],
    [['restore', []], /^Name the folder of a backup: npm run restore -- DIR/],
    [
      ['backup', [nothing], { DATABASE_URL: '', DATA_DIR: nothing }],
      /^There is no database: set DATABASE_URL, or DATA_DIR/,
    ],
    [['backup', [nothing], { KEY_RING_FILE: nothing }], /^There is no key ring at /],
    [
      ['backup', [nothing], { DATABASE_URL: 'postgresql://user@127.0.0.1:1/mayfly' }],
      /^No Postgres serves at the address in DATABASE_URL \(ECONNREFUSED\): [^\n]*\n$/,
    ],
  ];
  for (const [args, expected] of cases) {
    const { code, err } = await run(...args);
    expect(err).toMatch(expected);
    expect(code).toBe(1);
  }
  expect(existsSync(nothing)).toBe(false);
});

test('a restore waits until nobody else is connected, then puts data and keys back, and says so step by step', async () => {
  await place.loseDatabase();
  await place.db().selectFrom('mayfly.subjects').select('id').execute();
  expect(await run('restore', [target])).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /^The database is in use by \d other connections?: stop npm start, or api and worker, first\n$/,
    ),
  });
  await place.disconnect();
  expect(await run('restore', [folder])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/holds no backup: it has no manifest\.json\n$/),
  });
  const { code, out, err } = await run('restore', [target]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^keys: those that were backed up at /m);
  expect(out).toMatch(/^rescan: nobody found; every key opens, 3 in all$/m);
  expect(out).toMatch(/^restored: keys that open 3, people erased again 0\n$/m);
  place.connect();
  for (const person of people) expect(await place.read(person)).toBe(TEXT);
});

test('a key ring that is not where it should be is not replaced by a new one', async () => {
  await place.disconnect();
  const elsewhere = {
    KEY_RING_FILE: path.join(folder, 'elsewhere'),
    ROOT_KEY_FILE: path.join(folder, 'root'),
  };
  expect(await run('restore', ['--keys', target], elsewhere)).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /^There is no key ring at .* but the database has keys: .* add --replace\n$/,
    ),
  });
  expect(existsSync(elsewhere.KEY_RING_FILE)).toBe(false);
  place.connect();
});

test('data that another tool has put back goes on with the keys that open, and needs no folder', async () => {
  await place.disconnect();
  expect(await run('restore', ['--put-back', target])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^Name the folder of a backup: .*--put-back/),
  });
  const { code, out, err } = await run('restore', ['--put-back']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^keys: 0 did not open, and were taken out$/m);
  expect(out).toMatch(/^restored: keys that open 3, people erased again 0\n$/m);
  place.connect();
  for (const person of people) expect(await place.read(person)).toBe(TEXT);
});

test('a manifest that was written into is not believed', async () => {
  const file = path.join(target, 'manifest.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 7'));
  await place.disconnect();
  expect(await run('restore', [target])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^The manifest of the backup in .* is damaged\n$/),
  });
  place.connect();
});
