import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { signCheckpoint } from '../../../lib/crypto/ledger-checkpoint.ts';
import { signStatement } from '../../../lib/crypto/signed-statement.ts';
import { ensureSigningKeys, SigningKeys } from '../../../lib/crypto/signing-keys.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { signedLedger } from './signed-ledger.ts';

const folder = temporaryFolder();
let ledger: Awaited<ReturnType<typeof signedLedger>>;

/** Twelve entries: checkpoints at 4, 8 and 12. */
beforeEach(async () => {
  ledger = await signedLedger(folder);
  for (let checkpoint = 0; checkpoint < 3; checkpoint += 1) await ledger.grow(3);
});
afterEach(() => ledger.close());

const lines = () => readFileSync(ledger.checkpointFile, 'utf8').split('\n').slice(0, -1);
const writeLines = (...kept: string[]) =>
  writeFileSync(ledger.checkpointFile, `${kept.join('\n')}\n`);

describe('a checkpoint that was tampered with is found', () => {
  const setStatement = (position: number, statement: string) =>
    ledger.tamper(
      `UPDATE mayfly.ledger_checkpoints SET statement = '${statement}' WHERE position = ${position}`,
    );

  test('two that were swapped in the database', async () => {
    const [first, second] = lines();
    await setStatement(4, second!);
    await setStatement(8, first!);
    expect(await ledger.problem()).toBe(
      'the checkpoint that the database keeps of entry 4 is the one of entry 8: checkpoints were swapped',
    );
  });

  test('two that were swapped outside', async () => {
    const [first, second, third] = lines();
    writeLines(second!, first!, third!);
    expect(await ledger.problem()).toBe(
      'the checkpoint of entry 4 outside the database stands behind later ones: checkpoints were swapped',
    );
  });

  test('one that another key signed, in either place', async () => {
    const stranger = `${folder}/stranger.json`;
    await ensureSigningKeys(stranger, new Date());
    const { hash } = await ledger.db
      .selectFrom('mayfly.ledger')
      .select('hash')
      .where('position', '=', '8')
      .executeTakeFirstOrThrow();
    const at = '2026-11-24T10:00:00.000000Z';
    const foreign = await signCheckpoint(SigningKeys.open(stranger).current(), {
      position: 8,
      hash,
      at,
    });
    await setStatement(8, foreign);
    expect(await ledger.problem()).toBe(
      'the checkpoint that the database keeps of entry 8 is not to be believed: it is signed by a key that is not among those given',
    );
    const [first, , third] = lines();
    writeLines(first!, foreign, third!);
    expect(await ledger.problem()).toMatch(
      /^checkpoint 2 outside the database is not to be believed: it is signed by a key/,
    );
  });

  test('one whose content was changed', async () => {
    const [head, payload = '', signature] = lines()[1]!.split('.');
    const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...said, position: 7 })).toString('base64url');
    await setStatement(8, `${head}.${forged}.${signature}`);
    expect(await ledger.problem()).toMatch(
      /entry 8 is not to be believed: its signature does not hold/,
    );
  });

  test('a genuine statement of ours that is no checkpoint', async () => {
    const payload = { position: 8, hash: '0'.repeat(64), at: '2026-11-24T10:00:00.000000Z' };
    await setStatement(
      8,
      await signStatement(ledger.keys.current(), 'mayfly-certificate+jwt', payload),
    );
    expect(await ledger.problem()).toMatch(
      /entry 8 is not to be believed: it is a statement of another kind/,
    );
  });

  test('one that was taken out of the database', async () => {
    await ledger.tamper('DELETE FROM mayfly.ledger_checkpoints WHERE position = 8');
    expect(await ledger.problem()).toBe('the checkpoint of entry 8 is missing in the database');
  });

  test('one that was taken out of the file', async () => {
    const [first, , third] = lines();
    writeLines(first!, third!);
    expect(await ledger.problem()).toBe(
      'the checkpoint of entry 8 is missing outside the database',
    );
  });

  test('all of them, with the file', async () => {
    rmSync(ledger.checkpointFile);
    expect(await ledger.problem()).toBe(
      'the checkpoint of entry 4 is missing outside the database',
    );
  });

  test('one filed under another key than the one that signed it', async () => {
    await ledger.tamper("UPDATE mayfly.ledger_checkpoints SET key_id = 'other' WHERE position = 8");
    expect(await ledger.problem()).toMatch(/entry 8 is filed under a key that did not sign it/);
  });
});

test('the newest checkpoint may be on its way to the file, and the finding says how many are there', async () => {
  writeLines(...lines().slice(0, 2));
  expect(await ledger.check()).toMatchObject({ holds: true, checkpoints: 3, outside: 2 });
});

test('a line that a crash cut short, and one that was written twice, are no contradiction', async () => {
  const [first, second, third] = lines();
  writeLines(first!, second!.slice(0, 100), second!, second!, third!);
  expect(await ledger.check()).toMatchObject({ holds: true, outside: 3 });
});

test('checkpoints of a key that has been replaced still vouch', async () => {
  expect(await ledger.keys.renew(new Date(Date.now() + 91 * 86_400_000))).toBe('replaced');
  await ledger.grow(2);
  expect(await ledger.check()).toMatchObject({ holds: true, checkpoints: 4, outside: 4 });
  const signers = await ledger.db
    .selectFrom('mayfly.ledger_checkpoints')
    .select('key_id')
    .distinct()
    .execute();
  expect(signers).toHaveLength(2);
});
