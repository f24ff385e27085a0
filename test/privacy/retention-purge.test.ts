import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import { createPurgeActivities } from '../../activities/purge-activities.ts';
import { conversationId } from '../../domain/conversation.ts';
import { PRIVACY_TASK_QUEUE } from '../../domain/erasure.ts';
import { PAYLOAD_FIELDS } from '../../domain/inventory.ts';
import type { PurgeReport, PurgeScope } from '../../domain/purge.ts';
import { SCHEDULES } from '../../domain/schedules.ts';
import { createLog } from '../../lib/log.ts';
import { createMetrics } from '../../lib/metrics.ts';
import { createPayloadCodec } from '../../lib/temporal/payload-codec.ts';
import { ensureSchedules } from '../../worker/schedules.ts';
import { eventually } from '../support/eventually.ts';
import { createInstallation } from '../support/installation.ts';
import { createPersons } from '../support/persons.ts';
import type { TestPerson } from '../support/persons.ts';
import { historyText, payloadValues, plainHistory } from '../support/plain-history.ts';
import { insertSilentPeople } from '../support/silent-people.ts';

const RECORDED = join(import.meta.dirname, '..', 'histories', 'retention-purge.json');

const mayfly = await createInstallation();
const { db, ring } = mayfly;
const persons = createPersons(mayfly);
let runs = 0;

/** A run as it is started by hand, or, with another scope, as by the clock. */
async function startPurge(...scope: PurgeScope[]) {
  runs += 1;
  const options = { taskQueue: PRIVACY_TASK_QUEUE, workflowId: `purge-${runs}`, args: scope };
  return mayfly.privacyClient.workflow.start('retentionPurge', options);
}

async function purge(...scope: PurgeScope[]): Promise<PurgeReport> {
  return (await (await startPurge(...scope)).result()) as PurgeReport;
}

/** Lets days pass for one person: everything of theirs becomes so much older. */
async function letPass(person: TestPerson, days: number): Promise<string> {
  const id = await person.subjectId();
  const older = async (table: string, columns: readonly string[], key = 'subject_id') => {
    const set = columns.map(
      (column) => sql`${sql.ref(column)} = ${sql.ref(column)} - ${days} * interval '1 day'`,
    );
    await sql`UPDATE ${sql.table(table)} SET ${sql.join(set)} WHERE ${sql.ref(key)} = ${id}`.execute(
      db,
    );
  };
  await older('mayfly.subjects', ['created_at', 'last_inbound_at'], 'id');
  await older('mayfly.messages', ['sent_at', 'received_at']);
  await older('mayfly.deliveries', ['created_at']);
  await older('mayfly.replies', ['created_at']);
  await older('mayfly.sessions', ['started_at']);
  return id;
}

async function isHere(ids: readonly string[]): Promise<boolean[]> {
  const rows = await db.selectFrom('mayfly.subjects').select('id').where('id', 'in', ids).execute();
  return ids.map((id) => rows.some((row) => row.id === id));
}

const ledgerActions = async () => {
  const rows = await db
    .selectFrom('mayfly.ledger')
    .select(['action', 'details'])
    .orderBy('position')
    .execute();
  return rows.map(({ action, details }) => ({ action, ...details }));
};

test('somebody silent for 89 days is gone from the database and from Temporal, and comes back as a new person', async () => {
  const [silent, present] = [persons.on('whatsapp'), persons.on('instagram')];
  await Promise.all([silent.write('hello'), present.write('hello')]);
  await Promise.all([silent.hears(1), present.hears(1)]);
  await Promise.all([silent.settled(), present.settled()]);
  const id = await letPass(silent, 89);
  const presentId = await present.subjectId();

  const report = await purge('every bucket');
  expect(report).toMatchObject({ people: 1, overdue: 0 });
  expect(report.rows).toBeGreaterThan(4);
  expect(report.buckets).toBeGreaterThan(0);
  expect(await isHere([id, presentId])).toEqual([false, true]);
  await expect(mayfly.client.workflow.getHandle(conversationId(id)).describe()).rejects.toThrow();
  expect(
    (await mayfly.client.workflow.getHandle(conversationId(presentId)).describe()).status.name,
  ).toBe('RUNNING');
  expect(await ledgerActions()).toEqual([
    { action: 'erased', cause: 'retention', people: 1, rows: report.rows, stores: 11 },
    { action: 'key destroyed', buckets: report.buckets },
    { action: 'rescan', found: 0, stores: 4 },
  ]);

  await Promise.all([present.write('still here?'), silent.write('hello again')]);
  expect((await present.hears(2)).join(' ')).toContain('still here?');
  expect((await silent.hears(2)).join(' ')).toContain('hello again');
  expect(await silent.subjectId()).not.toBe(id);
});

test('a run leaves ids of ours, counts and fixed words in Temporal, and nothing else', async () => {
  const codec = createPayloadCodec(ring.secret('payload codec'));
  const history = await plainHistory(mayfly.privacyClient, codec, 'purge-1');
  if (process.env['RECORD_HISTORIES'] === '1') {
    mkdirSync(join(RECORDED, '..'), { recursive: true });
    writeFileSync(RECORDED, historyText(history));
  }
  const values = payloadValues(history);
  expect(values.length).toBeGreaterThan(5);
  for (const value of values) {
    if (typeof value !== 'object' || value === null)
      expect([0, 'every bucket', null]).toContain(value);
    else
      for (const field of Object.keys(value)) expect(Object.keys(PAYLOAD_FIELDS)).toContain(field);
  }
});

test('by the clock a run visits the buckets whose turn it is, one in 24', async () => {
  const everyTurn = await Promise.all(
    Array.from({ length: 24 }, (_, bucket) =>
      insertSilentPeople(db, ring, { count: 1, days: 89, bucket }),
    ),
  );
  const ids = everyTurn.flat().map(({ id }) => id);
  await ensureSchedules({ conversations: mayfly.client, privacy: mayfly.privacyClient });
  const finished = () =>
    db
      .selectFrom('mayfly.purges')
      .select('hour')
      .where('finished_at', 'is not', null)
      .orderBy('finished_at')
      .execute();
  const before = await finished();
  await mayfly.privacyClient.schedule.getHandle(SCHEDULES.retentionPurge.id).trigger();
  const hours = await eventually(async () => {
    const after = await finished();
    expect(after.length).toBeGreaterThan(before.length);
    return after.map(({ hour }) => hour);
  });
  const turns = Math.max((hours.at(-1) ?? 0) - (hours.at(before.length - 1) ?? 0), 1);
  expect((await isHere(ids)).filter((here) => !here)).toHaveLength(turns);
  expect(await purge('every bucket')).toMatchObject({ people: 24 - turns, overdue: 0 });
  expect(await isHere(ids)).not.toContain(true);
});

test('a run whose worker is stopped in the middle is finished by the next worker', async () => {
  const [person] = await insertSilentPeople(db, ring, { count: 1, days: 89 });
  const id = person?.id ?? '';
  // A place that nobody empties holds the run up where rows are being erased.
  await sql`CREATE TABLE mayfly.forgotten (whose uuid)`.execute(db);
  await sql`INSERT INTO mayfly.forgotten VALUES (${id})`.execute(db);
  const handle = await startPurge('every bucket');
  await eventually(async () => {
    const { pendingActivities } = (await handle.describe()).raw;
    expect(pendingActivities?.[0]).toMatchObject({
      activityType: { name: 'eraseTheirRows' },
      attempt: 2,
    });
  });
  await mayfly.stopWorker();
  expect(await isHere([id])).toEqual([true]);
  await sql`DROP TABLE mayfly.forgotten`.execute(db);
  await mayfly.startWorker();
  expect(await handle.result()).toMatchObject({ people: 1, rows: 6, overdue: 0 });
  expect(await isHere([id])).toEqual([false]);
});

test('somebody who is still here after 90 days is told by the result, the metric and an error in the log', async () => {
  const [person] = await insertSilentPeople(db, ring, { count: 1, days: 91 });
  const id = person?.id ?? '';
  await sql`UPDATE mayfly.subjects SET last_inbound_at = now() WHERE id = ${id}`.execute(db);
  const lines: string[] = [];
  const metrics = createMetrics();
  const log = createLog('test', { write: (line: string) => void lines.push(line) });
  const { countOverdue } = createPurgeActivities({
    db,
    ring,
    cache: { evict: () => undefined },
    conversations: mayfly.client,
    metrics,
    log,
  });
  const look = () => new MockActivityEnvironment().run(countOverdue) as Promise<number>;

  expect(await purge('every bucket')).toMatchObject({ people: 0, overdue: 1 });
  expect(mayfly.logLines.filter((line) => line.includes('people overdue'))).toHaveLength(1);
  expect(await look()).toBe(1);
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: 'error', event: 'people overdue', count: 1 },
  ]);
  expect(await metrics.registry.metrics()).toMatch(/^mayfly_overdue_people 1$/m);

  await sql`UPDATE mayfly.subjects SET last_inbound_at = now() - interval '91 days' WHERE id = ${id}`.execute(
    db,
  );
  expect(await purge('every bucket')).toMatchObject({ people: 1, overdue: 0 });
  expect(await look()).toBe(0);
  expect(lines).toHaveLength(1);
  expect(await metrics.registry.metrics()).toMatch(/^mayfly_overdue_people 0$/m);
});
