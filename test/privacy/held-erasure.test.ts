import { randomUUID } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { ErasureActivities } from '../../activities/erasure-activities.ts';
import { ERASURE_TYPE, erasureId, PRIVACY_TASK_QUEUE } from '../../domain/erasure.ts';
import type { ErasureProof } from '../../domain/erasure.ts';
import { FAILURE_CONVERTER_PATH } from '../../lib/temporal/data-converter.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { timeSkippingServer } from '../support/temporal-servers.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const HOUR_MS = 3_600_000;
const server = await timeSkippingServer();
/** Until when the one person of each test is held, in ms since 1970, and what was done to them when. */
const held = { untilMs: 0 };
const calls: { name: string; atMs: number }[] = [];

function called<T>(name: keyof ErasureActivities, result: (nowMs: number) => T) {
  return async () => {
    const atMs = activityInfo().currentAttemptScheduledTimestampMs;
    calls.push({ name, atMs });
    return result(atMs);
  };
}

const activities: ErasureActivities = {
  fence: called('fence', () => ({
    buckets: [7],
    held: [{ store: 'messages', count: 3 }],
    lastModelCallMs: null,
    lastMetaUse: { channel: 'whatsapp', lastMs: 0 } as const,
    guardUntilMs: null,
  })),
  beginDestroying: called('beginDestroying', (nowMs) => ({
    heldUntilMs: held.untilMs > nowMs ? held.untilMs : null,
  })),
  endExecutions: called('endExecutions', () => undefined),
  destroyKey: called('destroyKey', () => ({ at: new Date().toISOString(), keysReplaced: [] })),
  eraseEveryRow: called('eraseEveryRow', () => undefined),
  untilExecutionsGone: called('untilExecutionsGone', () => undefined),
  rescanStores: called('rescanStores', () => ({ at: new Date().toISOString(), counts: [] })),
};
const worker = await Worker.create({
  connection: server.nativeConnection,
  namespace: 'default',
  taskQueue: PRIVACY_TASK_QUEUE,
  workflowBundle: { codePath: await workflowBundle() },
  activities,
  dataConverter: { failureConverterPath: FAILURE_CONVERTER_PATH },
});
const running = worker.run();

beforeEach(() => void (calls.length = 0));
afterAll(async () => {
  worker.shutdown();
  await running;
  await server.teardown();
});

async function startErasure() {
  const subjectId = randomUUID();
  return server.client.workflow.start(ERASURE_TYPE, {
    workflowId: erasureId(subjectId),
    taskQueue: PRIVACY_TASK_QUEUE,
    args: [{ subjectId, cause: 'on request' }],
  });
}

const timesOf = (name: string) => calls.filter((call) => call.name === name).map((c) => c.atMs);

test('a legal hold comes after the fence and before anything is destroyed, and the erasure goes on when it has expired', async () => {
  held.untilMs = (await server.currentTimeMs()) + 30 * 24 * HOUR_MS;
  const erasure = await startErasure();
  await server.sleep(24 * HOUR_MS);
  expect(new Set(calls.map(({ name }) => name))).toEqual(new Set(['fence', 'beginDestroying']));
  const proof = (await erasure.result()) as ErasureProof;
  expect(proof).toMatchObject({ outcome: 'erased', buckets: 1 });
  for (const name of ['endExecutions', 'destroyKey', 'eraseEveryRow'])
    for (const at of timesOf(name)) expect(at).toBeGreaterThanOrEqual(held.untilMs);
  expect(timesOf('destroyKey')).toHaveLength(1);
  expect((timesOf('destroyKey')[0] ?? 0) - held.untilMs).toBeLessThan(HOUR_MS);
});

test('a hold that is lifted early is noticed within six hours, without anybody telling', async () => {
  const startMs = await server.currentTimeMs();
  held.untilMs = startMs + 300 * 24 * HOUR_MS;
  const erasure = await startErasure();
  await server.sleep(25 * HOUR_MS);
  held.untilMs = 0;
  await erasure.result();
  expect((timesOf('destroyKey')[0] ?? 0) - startMs).toBeLessThan(32 * HOUR_MS);
});

test('an erasure of somebody whom nothing holds asks once and goes on', async () => {
  held.untilMs = 0;
  await (await startErasure()).result();
  expect(timesOf('beginDestroying')).toHaveLength(1);
  expect(calls.map(({ name }) => name).slice(0, 3)).toEqual([
    'fence',
    'beginDestroying',
    'endExecutions',
  ]);
});
