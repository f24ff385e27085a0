import { Client, Connection } from '@temporalio/client';
import { scanFolder } from './byte-scan.ts';
import type { Finding } from './byte-scan.ts';
import { liveThroughEverything, PEOPLE_NEEDED } from './everything-happens.ts';
import { formsOfAll, personalSecrets } from './personal-secrets.ts';
import { plantEverywhere, PLACES, unseenIn } from './plant.ts';
import { namespacesOf, startProcesses } from './processes.ts';
import { countPayloads } from './count-payloads.ts';
import type { PayloadCount } from './count-payloads.ts';
import { killEverything, stopPacking, withDatabase } from './unpacked-postgres.ts';

const mayfly = await startProcesses({
  environment: { TURN_DEADLINE: '4s', HUMAN_PAUSE: '1s', EVIDENCE_WAIT: '1s' },
});
const { servers } = mayfly;
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
  await stopPacking(mayfly);
  await liveThroughEverything(mayfly, people);
  const before = await countPayloads(temporal);
  await withDatabase(servers, async (database) => {
    await plantEverywhere(planted, { folder, database, temporal });
    await database.query('CHECKPOINT');
  });
  sealing = { before, afterPlanting: await countPayloads(temporal) };
  await killEverything(mayfly);
  findings = scanFolder(folder, [...planted, ...personal]);
}, 240_000);

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
    expect(unseenIn(place, planted, findings)).toEqual([]);
  },
);

test('no word, reply, name, number or id of anybody is in any file, in any form', () => {
  expect(findings.filter(({ secret }) => !secret.startsWith('planted: '))).toEqual([]);
});
