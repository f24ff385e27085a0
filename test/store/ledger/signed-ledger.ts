import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { sql } from 'kysely';
import { appendCheckpoints, readCheckpoints } from '../../../lib/checkpoint-file.ts';
import { signCheckpoint } from '../../../lib/crypto/ledger-checkpoint.ts';
import { ensureSigningKeys, SigningKeys } from '../../../lib/crypto/signing-keys.ts';
import { connectDatabase } from '../../../store/database.ts';
import { insertCheckpoint } from '../../../store/ledger/ledger-checkpoints.ts';
import { ledgerEntries } from '../../../store/ledger/ledger-entries.ts';
import { hashOfEntry } from '../../../store/ledger/ledger-hash.ts';
import { checkLedgerNow } from '../../../store/ledger/ledger-snapshot.ts';
import { appendLedger } from '../../../store/ledger/ledger.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { testDatabase } from '../../support/test-postgres.ts';

/**
 * A ledger with signed checkpoints, inside and outside of its database, and the ways to tamper with it that whoever owns
 * the database has. `tamper` runs a statement past the triggers.
 */
export async function signedLedger(folder: string) {
  const database = await testDatabase();
  const connected = connectDatabase({
    connectionString: database.connectionString,
    maxConnections: 4,
    onIdleError: () => undefined,
  });
  const { db } = connected;
  const home = join(folder, randomUUID());
  const checkpointFile = join(home, 'ledger-checkpoints');
  const keyFile = join(home, 'signing-keys.json');
  await ensureSigningKeys(keyFile, new Date());
  const keys = SigningKeys.open(keyFile);

  const ledger = {
    db,
    keys,
    keyFile,
    checkpointFile,
    connectionString: database.connectionString,
    /** Appends so many entries, and a checkpoint behind them. */
    grow: async (entries: number) => {
      for (let hours = 1; hours <= entries; hours += 1) {
        const details = { hours };
        await inTransaction(db, (trx) =>
          appendLedger(trx, { actorRole: 'system', action: 'alert', details }),
        );
      }
      return ledger.sign();
    },
    sign: async () => {
      const statement = await inTransaction(db, async (trx) => {
        const place = await appendLedger(trx, {
          actorRole: 'system',
          action: 'checkpoint',
          details: {},
        });
        const signed = await signCheckpoint(keys.current(), place);
        const row = { position: place.position, keyId: keys.current().kid, statement: signed };
        await insertCheckpoint(trx, row);
        return signed;
      });
      appendCheckpoints(checkpointFile, [statement]);
      return statement;
    },
    tamper: (...statements: string[]) =>
      db.transaction().execute(async (trx) => {
        const switchTriggers = async (how: 'DISABLE' | 'ENABLE ALWAYS') => {
          for (const table of ['ledger', 'ledger_checkpoints']) {
            await sql.raw(`ALTER TABLE mayfly.${table} ${how} TRIGGER append_only`).execute(trx);
          }
        };
        await switchTriggers('DISABLE');
        for (const statement of statements) await sql.raw(statement).execute(trx);
        await switchTriggers('ENABLE ALWAYS');
      }),
    /** Gives these entries, up to the last, the hashes that their content now has: a chain that holds in itself. */
    rechain: async (from: number, to = Infinity) => {
      const all = await Array.fromAsync(ledgerEntries(db, 0));
      const first = all[from - 2]?.hash ?? '0'.repeat(64);
      const rows: { position: number; previous_hash: string; hash: string }[] = [];
      for (const entry of all.slice(from - 1, to)) {
        const previousHash = rows.at(-1)?.hash ?? first;
        const hash = hashOfEntry({ ...entry, previousHash });
        rows.push({ position: entry.position, previous_hash: previousHash, hash });
      }
      await ledger.tamper(`
        UPDATE mayfly.ledger AS l SET previous_hash = new.previous_hash, hash = new.hash
        FROM json_to_recordset('${JSON.stringify(rows)}') AS new (position bigint, previous_hash text, hash text)
        WHERE l.position = new.position`);
    },
    check: () =>
      checkLedgerNow(db, { jwks: keys.jwks(), outside: readCheckpoints(checkpointFile) ?? none() }),
    /** The sentence of what does not hold; null when everything does. */
    problem: async () => {
      const finding = await ledger.check();
      return finding.holds ? null : finding.problem;
    },
    close: async () => {
      await db.destroy();
      await database.drop();
    },
  };
  return ledger;
}

async function* none(): AsyncGenerator<string, void, undefined> {
  yield* [];
}
