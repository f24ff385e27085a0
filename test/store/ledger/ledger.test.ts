import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { GENESIS } from '../../../domain/ledger.ts';
import type { NewLedgerEntry } from '../../../domain/ledger.ts';
import { connectDatabase } from '../../../store/database.ts';
import { ledgerEntries } from '../../../store/ledger/ledger-entries.ts';
import { hashOfEntry } from '../../../store/ledger/ledger-hash.ts';
import { checkLedgerNow } from '../../../store/ledger/ledger-snapshot.ts';
import { appendLedger, appendLedgerOnce } from '../../../store/ledger/ledger.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { testDatabase } from '../../support/test-postgres.ts';

const CONNECTIONS = 8;

const database = await testDatabase();
const { db } = connectDatabase({
  connectionString: database.connectionString,
  maxConnections: CONNECTIONS,
  onIdleError: () => undefined,
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const RECEIVED: NewLedgerEntry = {
  actorRole: 'person',
  action: 'request received',
  details: { right: 'erasure', intake: 'form' },
};
const append = (entry: NewLedgerEntry) => inTransaction(db, (trx) => appendLedger(trx, entry));
const holds = () => checkLedgerNow(db, { jwks: { keys: [] }, outside: null });

async function entries() {
  return Array.fromAsync(ledgerEntries(db, 0));
}

test('each entry is chained to the one before, and the first to nothing', async () => {
  const first = await append(RECEIVED);
  const requestId = randomUUID();
  const second = await append({
    actorRole: 'staff',
    actor: 'ab'.repeat(16),
    action: 'data read',
    requestId: requestId.toUpperCase(),
    details: { what: 'messages' },
  });
  const [one, two] = await entries();
  expect([first.position, second.position]).toEqual([1, 2]);
  expect(one).toMatchObject({
    position: 1,
    previousHash: GENESIS.hash,
    hash: first.hash,
    at: first.at,
  });
  expect(two).toMatchObject({ previousHash: first.hash, requestId, details: { what: 'messages' } });
  expect(two?.hash).toBe(hashOfEntry(two!));
  expect(await holds()).toMatchObject({ holds: true, entries: 2 });
});

test('appends of eight connections at once, some rolled back, leave no gap, and the chain holds', async () => {
  const before = (await entries()).length;
  const outcomes = await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, writer) => {
      let kept = 0;
      for (let turn = 0; turn < 25; turn += 1) {
        const isKept = (writer + turn) % 5 !== 0;
        await inTransaction(db, async (trx) => {
          await appendLedger(trx, {
            actorRole: 'system',
            action: 'alert',
            details: { hours: writer * 100 + turn },
          });
          if (!isKept) throw new Error('rolled back');
        }).catch(() => undefined);
        if (isKept) kept += 1;
      }
      return kept;
    }),
  );
  const kept = outcomes.reduce((sum, one) => sum + one, 0);
  const positions = (await entries()).map(({ position }) => position);
  expect(kept).toBe(160);
  expect(positions).toEqual(Array.from({ length: before + kept }, (_, index) => index + 1));
  expect(await holds()).toMatchObject({ holds: true, entries: before + kept });
});

test('several entries of one transaction come one after the other', async () => {
  const places = await inTransaction(db, async (trx) => [
    await appendLedger(trx, RECEIVED),
    await appendLedger(trx, { actorRole: 'system', action: 'deadline missed', details: {} }),
  ]);
  expect(places[1]!.position).toBe(places[0]!.position + 1);
});

test('a transaction with an old snapshot cannot append beside an entry that it does not see', async () => {
  const stale = db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      await sql`SELECT 1`.execute(trx);
      await append(RECEIVED);
      await appendLedger(trx, RECEIVED);
    });
  await expect(stale).rejects.toThrow('duplicate key');
  expect(await holds()).toMatchObject({ holds: true });
});

test('an activity that runs again records what it did for a request once', async () => {
  const requestId = randomUUID();
  const alert = (hours: number) =>
    inTransaction(db, (trx) =>
      appendLedgerOnce(trx, {
        actorRole: 'system',
        action: 'alert',
        requestId,
        details: { hours },
      }),
    );
  const first = await alert(24);
  expect(await alert(24)).toEqual(first);
  expect((await alert(48)).position).toBe(first.position + 1);
});

test.each([
  'UPDATE mayfly.ledger SET at = now()',
  'DELETE FROM mayfly.ledger',
  'TRUNCATE mayfly.ledger CASCADE',
])(
  'the database itself refuses %s, also for its owner and while replicating',
  async (statement) => {
    const before = await entries();
    await expect(sql.raw(statement).execute(db)).rejects.toThrow('append-only');
    const replicating = db.connection().execute(async (connection) => {
      await sql`SET session_replication_role = replica`.execute(connection);
      try {
        await sql.raw(statement).execute(connection);
      } finally {
        await sql`RESET session_replication_role`.execute(connection);
      }
    });
    await expect(replicating).rejects.toThrow('append-only');
    await expect(
      sql
        .raw(
          statement
            .replace('mayfly.ledger', 'mayfly.ledger_checkpoints')
            .replace('at = now()', "key_id = ''"),
        )
        .execute(db),
    ).rejects.toThrow('append-only');
    expect(await entries()).toEqual(before);
  },
);
