import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { signedLedger } from '../store/ledger/signed-ledger.ts';
import { runProgram } from './run-program.ts';

const folder = temporaryFolder();
const ledger = await signedLedger(folder);
const environment = {
  DATABASE_URL: ledger.connectionString,
  SIGNING_KEY_FILE: ledger.keyFile,
  LEDGER_CHECKPOINT_FILE: ledger.checkpointFile,
};
const verify = (args: string[] = [], changed: Record<string, string> = {}) =>
  runProgram('ledger-verify.ts', args, { ...environment, ...changed });
afterAll(() => ledger.close());

test('an empty ledger holds', async () => {
  expect(await verify()).toEqual({ code: 0, output: 'The ledger holds. It is empty.' });
});

test('a ledger that holds ends with 0 and one line that says how much was checked', async () => {
  await ledger.grow(3);
  await ledger.grow(2);
  const { code, output } = await verify();
  expect(output).toMatch(
    /^The ledger holds: 7 entries, 2 signed checkpoints, the last at \S+Z, 2 of them also outside the database\.$/,
  );
  expect(code).toBe(0);
});

test('keys that were published, and a copy of the checkpoints, are enough for somebody who has no key file', async () => {
  const [jwks, checkpoints] = [join(folder, 'jwks.json'), join(folder, 'copy')];
  writeFileSync(jwks, JSON.stringify(ledger.keys.jwks()));
  copyFileSync(ledger.checkpointFile, checkpoints);
  const { code } = await runProgram(
    'ledger-verify.ts',
    ['--jwks', jwks, '--checkpoints', checkpoints],
    {
      DATABASE_URL: ledger.connectionString,
      DATA_DIR: folder,
    },
  );
  expect(code).toBe(0);
});

test('a ledger that does not hold ends with 1 and the first thing that does not', async () => {
  await ledger.tamper(`UPDATE mayfly.ledger SET details = '{"hours": 9}' WHERE position IN (2, 5)`);
  expect(await verify()).toEqual({
    code: 1,
    output: 'The ledger does not hold: entry 2 was edited.',
  });
});

test('a ledger cut short, all traces in the database removed, ends with 1', async () => {
  await ledger.tamper('DELETE FROM mayfly.ledger_checkpoints', 'DELETE FROM mayfly.ledger');
  const { code, output } = await verify();
  expect(output).toMatch(
    /^The ledger does not hold: the ledger ends at entry 0, but its checkpoint outside the database/,
  );
  expect(code).toBe(1);
});

test('what cannot be checked is no success, and says what is needed', async () => {
  const empty = join(folder, 'empty');
  mkdirSync(empty, { recursive: true });
  const cases: [Record<string, string>, RegExp][] = [
    [
      { SIGNING_KEY_FILE: '', DATA_DIR: empty },
      /^Not checked: there are no keys to check with: give --jwks/,
    ],
    [
      { DATABASE_URL: '', DATA_DIR: empty },
      /^Not checked: there is no database to check: set DATABASE_URL/,
    ],
    [{ DATABASE_URL: 'postgresql://mayfly@127.0.0.1:1/mayfly' }, /^Not checked: .*ECONNREFUSED/],
  ];
  for (const [changed, expected] of cases) {
    const { code, output } = await verify([], changed);
    expect(output).toMatch(expected);
    expect(code).toBe(1);
  }
});
