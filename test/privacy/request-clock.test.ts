import { randomUUID } from 'node:crypto';
import { CancelledFailure, Client, WorkflowFailedError } from '@temporalio/client';
import { SearchAttributeType } from '@temporalio/common';
import protos from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { PRIVACY_TASK_QUEUE } from '../../domain/erasure.ts';
import {
  dueAt,
  ERASURE_REQUEST_TYPE,
  IDENTITY_VERIFIED_SIGNAL,
  requestWorkflowId,
  WITHDRAWN_SIGNAL,
} from '../../domain/privacy-request.ts';
import type { RequestInput } from '../../domain/privacy-request.ts';
import { FAILURE_CONVERTER_PATH } from '../../lib/temporal/data-converter.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { timeSkippingServer } from '../support/temporal-servers.ts';
import { newRecord, recordingActivities } from './recorded-requests.ts';
import type { RecordedRequest } from './recorded-requests.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Timers fire a moment late, and on a busy machine a worker takes its time. */
const SOON_MS = 45_000;

// Clocks are put forward and back here; a due time that is counted in hours does not care.
process.env['TZ'] = 'Europe/Berlin';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const { INDEXED_VALUE_TYPE_DATETIME, INDEXED_VALUE_TYPE_KEYWORD } =
  protos.temporal.api.enums.v1.IndexedValueType;
const server = await timeSkippingServer();
await server.connection.operatorService.addSearchAttributes({
  namespace: 'default',
  searchAttributes: {
    PrivacyRight: INDEXED_VALUE_TYPE_KEYWORD,
    PrivacyState: INDEXED_VALUE_TYPE_KEYWORD,
    PrivacyDueAt: INDEXED_VALUE_TYPE_DATETIME,
    PrivacyClock: INDEXED_VALUE_TYPE_KEYWORD,
    PrivacyIntake: INDEXED_VALUE_TYPE_KEYWORD,
  },
});
const codePath = await workflowBundle();
const records = new Map<string, RecordedRequest>();
let worker: { stop(): Promise<void> } | null = null;

async function startWorker(): Promise<void> {
  const created = await Worker.create({
    connection: server.nativeConnection,
    namespace: 'default',
    taskQueue: PRIVACY_TASK_QUEUE,
    workflowBundle: { codePath },
    activities: recordingActivities(records),
    dataConverter: { failureConverterPath: FAILURE_CONVERTER_PATH },
  });
  const running = created.run();
  worker = {
    stop: async () => {
      created.shutdown();
      await running;
    },
  };
}

async function stopWorker(): Promise<void> {
  await worker?.stop();
  worker = null;
}

/** No worker runs for so many hours. The server stops skipping time while a task waits for one, unless it is told not to. */
async function outage(hours: number): Promise<void> {
  await server.connection.testService?.unlockTimeSkipping({});
  await server.sleep(hours * HOUR_MS);
  await server.connection.testService?.lockTimeSkipping({});
  await startWorker();
}

beforeAll(startWorker);
afterAll(async () => {
  await stopWorker();
  await server.teardown();
});

/** A request that is received now, by the server's clock. */
async function receive(
  facts: Partial<RecordedRequest> = {},
  intake: RequestInput['intake'] = 'form',
) {
  const requestId = randomUUID();
  const record = newRecord(facts);
  records.set(requestId, record);
  const receivedAtMs = await server.currentTimeMs();
  const due = dueAt(new Date(receivedAtMs)).getTime();
  const input: RequestInput = { requestId, right: 'erasure', intake, receivedAtMs, dueAtMs: due };
  const start = () =>
    server.client.workflow.start(ERASURE_REQUEST_TYPE, {
      workflowId: requestWorkflowId(requestId),
      taskQueue: PRIVACY_TASK_QUEUE,
      args: [input],
    });
  const handle = await start();
  const hoursAt = (name: string) =>
    record.calls
      .filter((call) => call.name === name)
      .map(({ atMs }) => (atMs - receivedAtMs) / HOUR_MS);
  return {
    record,
    handle,
    start,
    receivedAtMs,
    end: () => handle.result() as Promise<string>,
    /** The end without skipping: while `end` waits, the server may skip a minute between two steps that take none. */
    endsNow: () =>
      new Client({ connection: server.connection }).workflow
        .getHandle(handle.workflowId)
        .result() as Promise<string>,
    /** Until so many hours after the receipt. */
    at: async (hours: number) =>
      server.sleep(receivedAtMs + hours * HOUR_MS - (await server.currentTimeMs())),
    confirm: async (subjectId = randomUUID()) => {
      record.confirmed.push(subjectId);
      await handle.signal(IDENTITY_VERIFIED_SIGNAL);
      return subjectId;
    },
    /** Hours after the receipt at which an activity was called. */
    hoursAt,
    /** The alerts that were given, by their names. */
    alerts: () =>
      record.calls
        .filter(({ name }) => name === 'alertStaff')
        .map(({ input: { afterHours } }) => afterHours),
    /** What whoever gave a mail address was told. */
    mails: () =>
      record.calls.filter(({ name }) => name === 'mailPerson').map(({ input: { event } }) => event),
    states: () =>
      record.calls
        .filter(({ name }) => name === 'recordState')
        .map(({ input: { state } }) => state),
    reason: () =>
      record.calls.findLast(({ input: { reason } }) => typeof reason === 'string')?.input['reason'],
  };
}

const SOON = SOON_MS / HOUR_MS;

function expectAt(times: number[], hours: number[]): void {
  expect(times).toHaveLength(hours.length);
  for (const [index, time] of times.entries()) {
    expect(time).toBeGreaterThanOrEqual(hours[index] ?? 0);
    expect(time).toBeLessThan((hours[index] ?? 0) + SOON);
  }
}

test('an erasure that is stuck alerts at 24, 48 and 66 hours, is recorded as missed once, and still finishes', async () => {
  const request = await receive({ isStuckForMs: 80 * HOUR_MS });
  await request.confirm();
  expect(await request.end()).toBe('finished');
  expectAt(request.hoursAt('alertStaff'), [24, 48, 66]);
  expect(request.alerts()).toEqual([24, 48, 66]);
  expectAt(request.hoursAt('recordMiss'), [72]);
  expectAt(request.hoursAt('tellPerson'), [80]);
  expect(request.record.erased).toEqual(request.record.confirmed);
});

test('a request that is confirmed and erased in time alerts nobody and misses nothing', async () => {
  const request = await receive();
  await request.at(1);
  await request.confirm();
  expect(await request.end()).toBe('finished');
  await server.sleep('80 hours');
  expectAt(request.hoursAt('tellPerson'), [1]);
  expect(request.hoursAt('alertStaff')).toEqual([]);
  expect(request.hoursAt('recordMiss')).toEqual([]);
  expect(request.states()).toEqual(['confirm it is you', 'erased here', 'finished']);
  expect(request.reason()).toBeUndefined();
});

test.each([
  { hours: 1, alerts: [], misses: 0 },
  { hours: 71, alerts: [66], misses: 0 },
  { hours: 73, alerts: [], misses: 1 },
])(
  'after an outage of $hours hours a confirmed request goes on by its first clock',
  async ({ hours, alerts, misses }) => {
    await stopWorker();
    const request = await receive();
    request.record.confirmed.push(randomUUID());
    await outage(hours);
    expect(await request.end()).toBe('finished');
    expectAt(request.hoursAt('tellPerson'), [hours]);
    expect(request.alerts()).toEqual(alerts);
    expect(request.hoursAt('recordMiss')).toHaveLength(misses);
  },
);

test('an outage over the due time makes even the answer to an unconfirmed request a miss', async () => {
  await stopWorker();
  const request = await receive();
  await outage(73);
  expect(await request.end()).toBe('not verified');
  expectAt(request.hoursAt('closeRequest'), [73]);
  expect(request.hoursAt('recordMiss')).toHaveLength(1);
});

test('a request that nobody confirms is answered at the due time, with the reason, and that is no miss', async () => {
  const request = await receive();
  await request.at(72);
  expect(await request.endsNow()).toBe('not verified');
  await server.sleep(2 * HOUR_MS);
  expectAt(request.hoursAt('closeRequest'), [72]);
  expect(request.reason()).toBe('nobody confirmed it in time');
  expect(request.alerts()).toEqual([24, 48, 66]);
  expect(request.hoursAt('recordMiss')).toEqual([]);
  expect(request.hoursAt('eraseSubject')).toEqual([]);
  expect(request.mails()).toEqual(['received', 'not verified']);
  expect(request.record.calls.at(-1)?.name).toBe('closeRequest');
});

test('the last look at the due time is announced as the last, and no look before it', async () => {
  const request = await receive();
  await request.end();
  const looks = request.record.calls
    .filter(({ name }) => name === 'beginWork')
    .map(({ input: { isLastLook } }) => isLastLook);
  expect(looks.at(-1)).toBe(true);
  expect(looks.slice(0, -1).every((isLast) => isLast === false)).toBe(true);
  expect(looks.length).toBeLessThan(16);
});

test('a confirmation in the last minute is carried out', async () => {
  const request = await receive();
  await request.at(72 - 0.5 / 60);
  await request.confirm();
  expect(await request.endsNow()).toBe('finished');
  expect(request.record.erased).toEqual(request.record.confirmed);
  expect(request.hoursAt('recordMiss')).toEqual([]);
});

test('a confirmation in the last minute whose erasing takes longer than that is a miss, and is carried out', async () => {
  const request = await receive({ isStuckForMs: 10 * MINUTE_MS });
  await request.at(72 - 0.5 / 60);
  await request.confirm();
  expect(await request.end()).toBe('finished');
  expectAt(request.hoursAt('recordMiss'), [72]);
  expect(request.record.erased).toEqual(request.record.confirmed);
});

test('a confirmation of which the workflow was never told is found all the same', async () => {
  const request = await receive();
  await request.at(1);
  request.record.confirmed.push(randomUUID());
  expect(await request.end()).toBe('finished');
  const [erasedAt = 99] = request.hoursAt('eraseSubject');
  expect(erasedAt).toBeLessThan(8);
});

test('of two named accounts the confirmed one is erased at once, and the answer comes at the due time with what is missing', async () => {
  const request = await receive({ channelsNamed: 2 });
  await request.at(1);
  await request.confirm();
  await request.at(72);
  expect(await request.endsNow()).toBe('finished');
  expectAt(request.hoursAt('eraseSubject'), [1]);
  expectAt(request.hoursAt('tellPerson'), [72]);
  expect(request.reason()).toBe('not every account was confirmed');
  expect(request.hoursAt('recordMiss')).toEqual([]);
});

test('two named accounts that are both confirmed are answered as soon as both are erased', async () => {
  const request = await receive({ channelsNamed: 2 });
  await request.confirm();
  await request.at(30);
  await request.confirm();
  expect(await request.end()).toBe('finished');
  expectAt(request.hoursAt('tellPerson'), [30]);
  expect(request.alerts()).toEqual([24]);
  expect(request.reason()).toBeUndefined();
});

test('one account whose erasing is stuck does not hold up the other', async () => {
  const request = await receive({ channelsNamed: 2, isStuckForMs: 5 * HOUR_MS });
  const [stuck, other] = [randomUUID(), randomUUID()];
  request.record.confirmed.push(stuck, other);
  await request.handle.signal(IDENTITY_VERIFIED_SIGNAL);
  await request.at(1);
  expect(request.record.erased).toHaveLength(1);
  expect(await request.end()).toBe('finished');
  expectAt(request.hoursAt('tellPerson'), [5]);
  expect(request.record.erased.toSorted()).toEqual([stuck, other].toSorted());
});

test('a person whom a legal hold keeps is erased when it ends, and a due time that it outlasts is missed on record', async () => {
  const heldUntilMs = (await server.currentTimeMs()) + 100 * HOUR_MS;
  const request = await receive({ heldUntilMs });
  await request.at(1);
  await request.confirm();
  await request.at(90);
  const { currentDetails } = await request.handle.query<{ currentDetails: string }>(
    '__temporal_workflow_metadata',
  );
  expect(currentDetails).toContain('- state: working');
  expect(currentDetails).toContain(`- held: until ${new Date(heldUntilMs).toISOString()}`);
  expect(await request.end()).toBe('finished');
  expect(request.alerts()).toEqual([24, 48, 66]);
  expectAt(request.hoursAt('recordMiss'), [72]);
  const [erasedAt = 0, ...others] = request.hoursAt('eraseSubject');
  expect(others).toEqual([]);
  expect(erasedAt).toBeGreaterThanOrEqual((heldUntilMs - request.receivedAtMs) / HOUR_MS);
  expect(erasedAt).toBeLessThan(102);
});

test('a hold of a year is looked at once a day, and its end is not missed', async () => {
  const heldUntilMs = (await server.currentTimeMs()) + 365 * 24 * HOUR_MS;
  const request = await receive({ heldUntilMs });
  await request.confirm();
  expect(await request.end()).toBe('finished');
  const [erasedAt = 0] = request.hoursAt('eraseSubject');
  expect(Math.abs(erasedAt - (heldUntilMs - request.receivedAtMs) / HOUR_MS)).toBeLessThan(2);
  const looks = request.hoursAt('beginWork').length;
  expect(looks).toBeGreaterThan(364);
  expect(looks).toBeLessThan(375);
});

test('a hold that is lifted early lets the erasure go on at once, when the request is told', async () => {
  const request = await receive({ heldUntilMs: (await server.currentTimeMs()) + 500 * HOUR_MS });
  await request.confirm();
  await request.at(30.5);
  expect(request.hoursAt('eraseSubject')).toEqual([]);
  request.record.heldUntilMs = 0;
  await request.handle.signal(IDENTITY_VERIFIED_SIGNAL);
  expect(await request.end()).toBe('finished');
  expectAt(request.hoursAt('eraseSubject'), [30.5]);
  expect(request.hoursAt('recordMiss')).toEqual([]);
});

test('one account that is held does not hold up the erasing of the other, only the answer', async () => {
  const heldUntilMs = (await server.currentTimeMs()) + 80 * HOUR_MS;
  const [held, free] = [randomUUID(), randomUUID()];
  const request = await receive({ channelsNamed: 2, heldUntilMs, notHeld: [free] });
  await request.confirm(held);
  await request.confirm(free);
  await request.at(1);
  expect(request.record.erased).toEqual([free]);
  expect(request.hoursAt('tellPerson')).toEqual([]);
  expect(await request.end()).toBe('finished');
  expect(request.record.erased).toEqual([free, held]);
  expect(request.reason()).toBeUndefined();
});

test('a request that two of staff refuse ends at once and erases nothing', async () => {
  const request = await receive();
  await request.at(1);
  request.record.isRefused = true;
  request.record.confirmed.push(randomUUID());
  await request.handle.signal(IDENTITY_VERIFIED_SIGNAL);
  expect(await request.end()).toBe('refused');
  expectAt(request.hoursAt('closeRequest'), [1]);
  expect(request.hoursAt('eraseSubject')).toEqual([]);
});

test('a request that is taken back ends at once and erases nothing, even if it was confirmed in the same moment', async () => {
  const request = await receive();
  await request.at(1);
  request.record.isWithdrawn = true;
  request.record.confirmed.push(randomUUID());
  await Promise.all([
    request.handle.signal(IDENTITY_VERIFIED_SIGNAL),
    request.handle.signal(WITHDRAWN_SIGNAL),
  ]);
  expect(await request.end()).toBe('withdrawn');
  expectAt(request.hoursAt('closeRequest'), [1]);
  expect(request.hoursAt('eraseSubject')).toEqual([]);
  expect(request.hoursAt('tellPerson')).toEqual([]);
});

test('news that comes while the workflow looks is not lost', async () => {
  const received = Promise.withResolvers<{ confirm(): Promise<unknown> }>();
  let looks = 0;
  const request = await receive({
    duringLook: async () => {
      looks += 1;
      // The first look only finds out whether the request was answered before.
      if (looks !== 2) return;
      await (await received.promise).confirm();
    },
  });
  received.resolve(request);
  expect(await request.end()).toBe('finished');
  expectAt(request.hoursAt('tellPerson'), [0]);
});

test('whoever has their answer is forgotten before the last copy elsewhere expires, and then the request is finished', async () => {
  const until = (await server.currentTimeMs()) + 30 * 24 * HOUR_MS;
  const request = await receive({ lastForeignCopyMs: until });
  await request.at(1);
  await request.confirm();
  expect(await request.end()).toBe('finished');
  expectAt(request.hoursAt('forgetContact'), [1]);
  expectAt(request.hoursAt('closeRequest'), [(until - request.receivedAtMs) / HOUR_MS]);
  expect(request.states()).toEqual([
    'confirm it is you',
    'erased here',
    'waiting for others',
    'finished',
  ]);
  expect(request.hoursAt('alertStaff')).toEqual([]);
  expect(request.hoursAt('recordMiss')).toEqual([]);
});

test.each([
  { facts: {}, end: 'nothing found' },
  { facts: { isRefused: true }, end: 'refused' },
])(
  'a request that names nobody whom we may erase is answered at once: $end',
  async ({ facts, end }) => {
    const request = await receive({ channelsNamed: 0, ...facts }, 'meta');
    expect(await request.end()).toBe(end);
    expectAt(request.hoursAt('closeRequest'), [0]);
    expect(request.states()).toEqual([end]);
    expect(request.mails()).toContain(end);
  },
);

test('a workflow that is cancelled in Temporal ends, and the one that is started for it keeps the first clock', async () => {
  const request = await receive();
  await request.at(30);
  await request.handle.cancel();
  // Not by the server's own client, which skips years once nothing is left to wait for.
  const ended = new Client({ connection: server.connection }).workflow
    .getHandle(request.handle.workflowId)
    .result();
  const failure: unknown = await ended.then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(WorkflowFailedError);
  expect((failure as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
  expect(request.hoursAt('closeRequest')).toEqual([]);
  const again = await request.start();
  expect(await again.result()).toBe('not verified');
  expectAt(request.hoursAt('closeRequest'), [72]);
  // The latest alert is told to staff once more; the ledger takes each of them once.
  expect(request.alerts()).toEqual([24, 24, 48, 66]);
});

test('a request that was answered and is started again only waits on', async () => {
  const until = (await server.currentTimeMs()) + 30 * 24 * HOUR_MS;
  const request = await receive({ lastForeignCopyMs: until });
  await request.confirm();
  await request.at(100);
  await request.handle.terminate();
  expect(await (await request.start()).result()).toBe('finished');
  expectAt(request.hoursAt('closeRequest'), [(until - request.receivedAtMs) / HOUR_MS]);
  expect(request.hoursAt('tellPerson')).toHaveLength(1);
  expect(request.hoursAt('alertStaff')).toEqual([]);
  expect(request.hoursAt('recordMiss')).toEqual([]);
});

test('a request that was erased and is started again before its answer is answered, and erased once', async () => {
  const request = await receive({ erased: ['before'], confirmed: ['before'] });
  expect(await request.end()).toBe('finished');
  expect(request.hoursAt('eraseSubject')).toEqual([]);
  expect(request.hoursAt('tellPerson')).toHaveLength(1);
});

test('Temporal shows right, state, due time, clock and door, and why a request stands where it does', async () => {
  const request = await receive({ channelsNamed: 2 }, 'meta');
  await request.confirm();
  await request.at(49);
  const { typedSearchAttributes: attributes } = await request.handle.describe();
  const shown = (name: string, type: SearchAttributeType) =>
    attributes.get({ name, type } as never) as unknown;
  expect(shown('PrivacyRight', SearchAttributeType.KEYWORD)).toBe('erasure');
  expect(shown('PrivacyState', SearchAttributeType.KEYWORD)).toBe('confirm it is you');
  expect(shown('PrivacyClock', SearchAttributeType.KEYWORD)).toBe('at risk');
  expect(shown('PrivacyIntake', SearchAttributeType.KEYWORD)).toBe('meta');
  expect(shown('PrivacyDueAt', SearchAttributeType.DATETIME)).toEqual(
    dueAt(new Date(request.receivedAtMs)),
  );
  const { currentDetails } = await request.handle.query<{ currentDetails: string }>(
    '__temporal_workflow_metadata',
  );
  expect(currentDetails).toContain('**erasure**, meta');
  expect(currentDetails).toContain('- state: confirm it is you');
  expect(currentDetails).toContain('- clock: at risk');
  expect(currentDetails).toContain('- accounts: 2 named, 1 confirmed, 1 erased');
  expect(await request.end()).toBe('finished');
});

test('Temporal shows a missed clock while late work goes on', async () => {
  const request = await receive({ isStuckForMs: 80 * HOUR_MS });
  await request.confirm();
  await request.at(75);
  const { typedSearchAttributes: attributes } = await request.handle.describe();
  const shown = (name: string) =>
    attributes.get({ name, type: SearchAttributeType.KEYWORD } as never) as unknown;
  expect([shown('PrivacyState'), shown('PrivacyClock')]).toEqual(['working', 'missed']);
  expect(await request.end()).toBe('finished');
});

test.each([
  ['the night in which clocks are put forward', '2027-03-27T12:00:00Z'],
  ['the night in which clocks are put back', '2027-10-30T12:00:00Z'],
  ['a leap day', '2028-02-27T12:00:00Z'],
])('the answer is due after 72 hours across %s', async (_case, from) => {
  await server.sleep(Date.parse(from) - (await server.currentTimeMs()));
  const request = await receive();
  expect(await request.end()).toBe('not verified');
  expectAt(request.hoursAt('closeRequest'), [72]);
});
