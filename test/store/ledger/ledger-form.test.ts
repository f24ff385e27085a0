import { sql } from 'kysely';
import { GENESIS, LEDGER_ACTIONS } from '../../../domain/ledger.ts';
import type { NewLedgerEntry } from '../../../domain/ledger.ts';
import { connectDatabase } from '../../../store/database.ts';
import { ledgerEntries } from '../../../store/ledger/ledger-entries.ts';
import { checkLedgerNow } from '../../../store/ledger/ledger-snapshot.ts';
import { appendLedger } from '../../../store/ledger/ledger.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { testDatabase } from '../../support/test-postgres.ts';

const database = await testDatabase();
const { db } = connectDatabase({
  connectionString: database.connectionString,
  maxConnections: 2,
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

const LOOSE: [string, unknown][] = [
  ['an action that is not in the list', { ...RECEIVED, action: 'gossip' }],
  ['a property of every object as an action', { ...RECEIVED, action: 'constructor' }],
  ['a role that is not in the list', { ...RECEIVED, actorRole: 'root' }],
  ['a name instead of a pseudonym', { ...RECEIVED, actor: 'someone@example.com' }],
  ['a request id that is no random id', { ...RECEIVED, requestId: '15550102468' }],
  [
    'free text for a fixed word',
    { ...RECEIVED, details: { right: 'erasure', intake: 'called from 555' } },
  ],
  [
    'details that the action does not have',
    { ...RECEIVED, details: { ...RECEIVED.details, note: 'text' } },
  ],
  [
    'a number as long as a phone number',
    { actorRole: 'system', action: 'alert', details: { hours: 15_550_102_468 } },
  ],
];

test.each(LOOSE)('%s is refused, and nothing of it stands in the error', async (_, entry) => {
  const before = (await entries()).length;
  const refused = append(entry as NewLedgerEntry);
  await expect(refused).rejects.toThrow(
    /^a ledger entry takes only what domain\/ledger.ts lists for its action$/,
  );
  expect(await entries()).toHaveLength(before);
});

test.each([
  ['text with a number in it', 'details', `'{"note": "call 555 0102468"}'`],
  ['number as long as a phone number', 'details', `'{"number": 15550102468}'`],
  ['number for an actor', 'actor', "'15550102468'"],
  ['sentence for an action', 'action', `'wrote "hello"'`],
])('the table takes no %s, typed by hand', async (_, column, value) => {
  const columns = {
    position: '1000',
    at: 'now()',
    actor_role: "'staff'",
    action: "'alert'",
    details: "'{}'",
  };
  const hashes = { previous_hash: `'${GENESIS.hash}'`, hash: `'${GENESIS.hash}'` };
  const row = { ...columns, ...hashes, [column]: value };
  const insert = `INSERT INTO mayfly.ledger (${Object.keys(row).join(', ')}) VALUES (${Object.values(row).join(', ')})`;
  await expect(sql.raw(insert).execute(db)).rejects.toThrow('check constraint');
});

test('every action of the list fits into the table, and into what the check of the ledger reads', async () => {
  for (const action of Object.keys(LEDGER_ACTIONS) as (keyof typeof LEDGER_ACTIONS)[]) {
    // An entry of this one without a signed statement is what the check must find.
    if (action === 'checkpoint') continue;
    for (const details of exampleDetails(action))
      await append({ actorRole: 'system', action, details } as NewLedgerEntry);
  }
  expect(await holds()).toMatchObject({ holds: true });
});

/** One example of details for every fixed word that an action may carry. */
function exampleDetails(action: keyof typeof LEDGER_ACTIONS): object[] {
  const fields = Object.entries(
    LEDGER_ACTIONS[action].shape as Record<string, { options?: string[] }>,
  );
  const longest = Math.max(1, ...fields.map(([, { options }]) => options?.length ?? 1));
  return Array.from({ length: longest }, (_, index) =>
    Object.fromEntries(
      fields.map(([name, { options }]) => [
        name,
        options === undefined ? 7 : options[index % options.length],
      ]),
    ),
  );
}
