import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { scanFolder } from './byte-scan.ts';
import type { Finding } from './byte-scan.ts';
import { liveThroughEverything, PEOPLE_NEEDED } from './everything-happens.ts';
import { formsOfAll, personalSecrets } from './personal-secrets.ts';
import { plantEverywhere, PLACES } from './plant.ts';
import { namespacesOf, startProcesses } from './processes.ts';
import { countPayloads } from './count-payloads.ts';
import type { PayloadCount } from './count-payloads.ts';

const mayfly = await startProcesses({
  environment: { TURN_DEADLINE: '4s', HUMAN_PAUSE: '1s', EVIDENCE_WAIT: '1s' },
});
const { api, worker, servers } = mayfly;
const { folder } = servers;
const connection = await Connection.connect({ address: servers.temporalAddress });
const temporal = new Client({ connection, namespace: namespacesOf('mayfly').conversations });
afterAll(async () => {
  await connection.close();
  await mayfly.close();
});

const people = Array.from({ length: PEOPLE_NEEDED }, (_, number) => personalSecrets(number));
const planted = formsOfAll('planted', personalSecrets(9999));
const personal = people.flatMap((one, number) => formsOfAll(`person ${number}`, one));

let sealing: { before: PayloadCount; afterPlanting: PayloadCount };
let findings: Finding[];

beforeAll(async () => {
  await withDatabase(stopPacking);
  await Promise.all([api.stop(), worker.stop()]);
  await Promise.all([api.start(), worker.start()]);
  await liveThroughEverything(mayfly, people);
  const before = await countPayloads(temporal);
  await withDatabase(async (database) => {
    await plantEverywhere(planted, { folder, database, temporal });
    await database.query('CHECKPOINT');
  });
  sealing = { before, afterPlanting: await countPayloads(temporal) };
  // Nothing is tidied up by an end like this one, and nothing changes while it is read.
  await Promise.all([api, worker, servers.temporal, servers.postgres].map((one) => one.kill()));
  findings = scanFolder(folder, [...planted, ...personal]);
}, 240_000);

/** Postgres packs what is long or changed often; unpacked, the scan can read all of it. */
async function stopPacking(database: pg.Client): Promise<void> {
  const { rows } = await database.query<{ statement: string }>(`
    SELECT format('ALTER TABLE %I.%I ALTER COLUMN %I SET STORAGE EXTERNAL', table_schema, table_name, column_name) AS statement
    FROM information_schema.columns
    WHERE table_schema IN ('keys', 'mayfly') AND data_type IN ('text', 'bytea')`);
  expect(rows.length).toBeGreaterThan(10);
  await database.query('ALTER DATABASE mayfly SET wal_compression = off');
  for (const { statement } of rows) await database.query(statement);
}

async function withDatabase(work: (database: pg.Client) => Promise<unknown>): Promise<void> {
  const database = new pg.Client({ connectionString: servers.connectionString('mayfly') });
  await database.connect();
  await work(database);
  await database.end();
}

test('Temporal holds no payload that is not sealed, until one is planted', () => {
  expect(sealing.before.unsealed).toEqual([]);
  expect(sealing.before.sealed).toBeGreaterThan(50);
  expect(sealing.afterPlanting.unsealed).toContain(
    'planted.events.workflowExecutionStartedEventAttributes.memo.fields.0-0',
  );
});

test.each(Object.entries(PLACES))(
  'the scan finds each planted secret in each form in %s',
  (_name, place) => {
    const found = findings.filter(({ file }) => file.startsWith(place));
    const missing = planted.filter(
      ({ secret, form }) => !found.some((one) => one.secret === secret && one.form === form),
    );
    expect(missing.map(({ secret, form }) => `${secret}: ${form}`)).toEqual([]);
  },
);

test('no word, reply, name, number or id of anybody is in any file, in any form', () => {
  expect(findings.filter(({ secret }) => !secret.startsWith('planted: '))).toEqual([]);
});
