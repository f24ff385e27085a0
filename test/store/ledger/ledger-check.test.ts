import { readFileSync, writeFileSync } from 'node:fs';
import { sql } from 'kysely';
import { signCheckpoint } from '../../../lib/crypto/ledger-checkpoint.ts';
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

test('a ledger that nobody touched holds, with its checkpoints in both places', async () => {
  const finding = await ledger.check();
  expect(finding).toMatchObject({ holds: true, entries: 12, checkpoints: 3, outside: 3 });
});

test('an empty ledger holds', async () => {
  const empty = await signedLedger(folder);
  expect(await empty.check()).toMatchObject({ holds: true, entries: 0, checkpoints: 0 });
  await empty.close();
});

describe('an edit is found at its entry', () => {
  test.each([
    ["at = at + interval '1 microsecond'"],
    ["actor_role = 'staff'"],
    [`actor = '${'ab'.repeat(16)}'`],
    ["action = 'deadline missed'"],
    ["request_id = '7c9f3a52-1d59-4b3e-9c55-0a6f3a0f5f11'"],
    ['details = \'{"hours": 99}\''],
    ['details = \'{"hours": 1, "more": true}\''],
    ["details = '{}'"],
    [`hash = '${'0'.repeat(64)}'`],
  ])('%s', async (change) => {
    await ledger.tamper(`UPDATE mayfly.ledger SET ${change} WHERE position = 6`);
    expect(await ledger.problem()).toBe('entry 6 was edited');
  });

  test('of free text, past the checks of the table', async () => {
    await ledger.tamper(
      'ALTER TABLE mayfly.ledger DROP CONSTRAINT ledger_details_check',
      `UPDATE mayfly.ledger SET details = '{"note": "A. Person"}' WHERE position = 6`,
    );
    expect(await ledger.problem()).toBe('entry 6 was edited');
  });
});

test('an entry that was replaced, its own hash fitting, is found by the one behind it', async () => {
  await ledger.tamper(`UPDATE mayfly.ledger SET details = '{"hours": 99}' WHERE position = 6`);
  await ledger.rechain(6, 6);
  expect(await ledger.problem()).toMatch(
    /^entry 7 does not follow the entry before it: entry 6 was replaced/,
  );
});

describe('entries that were taken out are found', () => {
  test('one in the middle', async () => {
    await ledger.tamper('DELETE FROM mayfly.ledger WHERE position = 6');
    expect(await ledger.problem()).toBe('entry 6 is missing');
  });

  test('several at the beginning', async () => {
    await ledger.tamper('DELETE FROM mayfly.ledger WHERE position < 4');
    expect(await ledger.problem()).toBe('entries 1 to 3 are missing');
  });

  test('one in the middle, the rest moved up', async () => {
    await ledger.tamper(
      'ALTER TABLE mayfly.ledger_checkpoints DROP CONSTRAINT ledger_checkpoints_position_fkey',
      'DELETE FROM mayfly.ledger WHERE position = 6',
      'ALTER TABLE mayfly.ledger DROP CONSTRAINT ledger_position_check',
      'UPDATE mayfly.ledger SET position = -position WHERE position > 6',
      'UPDATE mayfly.ledger SET position = -position - 1 WHERE position < 0',
    );
    expect(await ledger.problem()).toMatch(
      /^entry 6 (is not where it was written|does not follow)/,
    );
  });

  test('at the end, by the checkpoints that the database still has', async () => {
    await ledger.tamper(
      'ALTER TABLE mayfly.ledger_checkpoints DROP CONSTRAINT ledger_checkpoints_position_fkey',
      'DELETE FROM mayfly.ledger WHERE position > 10',
    );
    writeLines(...lines().slice(0, 2));
    expect(await ledger.problem()).toMatch(
      /^the ledger ends at entry 10, but its checkpoint in the database, signed at .*, is of entry 12: entries at the end are missing$/,
    );
  });

  test('at the end, with their checkpoints, by those outside the database', async () => {
    await ledger.tamper(
      'DELETE FROM mayfly.ledger_checkpoints WHERE position > 10',
      'DELETE FROM mayfly.ledger WHERE position > 10',
    );
    expect(await ledger.problem()).toMatch(
      /^the ledger ends at entry 10, but its checkpoint outside the database, signed at .*, is of entry 12: entries at the end are missing$/,
    );
  });

  test('all of them', async () => {
    await ledger.tamper('DELETE FROM mayfly.ledger_checkpoints', 'DELETE FROM mayfly.ledger');
    expect(await ledger.problem()).toMatch(
      /^the ledger ends at entry 0, .* is of entry 4: entries at the end are missing$/,
    );
  });
});

test('two entries that changed places are found', async () => {
  await ledger.tamper(
    'UPDATE mayfly.ledger SET position = 1000 WHERE position = 6',
    'UPDATE mayfly.ledger SET position = 6 WHERE position = 7',
    'UPDATE mayfly.ledger SET position = 7 WHERE position = 1000',
  );
  expect(await ledger.problem()).toBe(
    'entry 6 is not where it was written: entries were reordered, or its link was edited',
  );
});

describe('a rewritten chain that holds in itself is found', () => {
  beforeEach(async () => {
    await ledger.tamper(`UPDATE mayfly.ledger SET details = '{"hours": 99}' WHERE position = 6`);
    await ledger.rechain(6);
  });

  test('by the checkpoints outside the database', async () => {
    await ledger.tamper('DELETE FROM mayfly.ledger_checkpoints WHERE position > 6');
    expect(await ledger.problem()).toMatch(
      /^entry 8 contradicts its checkpoint outside the database, signed at .*: the ledger was rewritten since \(a fork\)$/,
    );
  });

  test('by those in the database, when the file ends before', async () => {
    writeLines(lines()[0]!);
    expect(await ledger.problem()).toMatch(
      /^entry 8 contradicts its checkpoint in the database, .* \(a fork\)$/,
    );
  });

  test('also when it is signed anew from then on, as after the keys were stolen', async () => {
    await ledger.tamper('DELETE FROM mayfly.ledger_checkpoints WHERE position > 6');
    for (const position of [8, 12]) {
      const { hash } = await ledger.db
        .selectFrom('mayfly.ledger')
        .select('hash')
        .where('position', '=', String(position))
        .executeTakeFirstOrThrow();
      const signer = ledger.keys.current();
      const statement = await signCheckpoint(signer, {
        position,
        hash,
        at: '2026-11-24T10:00:00.000000Z',
      });
      await ledger.tamper(
        `INSERT INTO mayfly.ledger_checkpoints VALUES (${position}, '${signer.kid}', '${statement}')`,
      );
    }
    expect(await ledger.problem()).toMatch(
      /^entry 8 contradicts its checkpoint outside the database/,
    );
  });
});

test('twelve thousand entries, which are several batches, are all looked at', async () => {
  const long = await signedLedger(folder);
  await sql`
    INSERT INTO mayfly.ledger (position, at, actor_role, action, details, previous_hash, hash)
    SELECT n, now(), 'system', 'alert', '{"hours": 1}', repeat('0', 64), repeat('0', 64)
    FROM generate_series(1, 12000) AS n`.execute(long.db);
  await long.rechain(1);
  await long.grow(1);
  expect(await long.check()).toMatchObject({ holds: true, entries: 12_002, checkpoints: 1 });
  await long.tamper(`UPDATE mayfly.ledger SET action = 'rescan' WHERE position = 11999`);
  expect(await long.problem()).toBe('entry 11999 was edited');
  await long.close();
});
