import { WorkflowFailedError } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { PurgeActivities } from '../../activities/purge-activities.ts';
import { PRIVACY_TASK_QUEUE } from '../../domain/erasure.ts';
import { SCHEDULES } from '../../domain/schedules.ts';
import { FAILURE_CONVERTER_PATH } from '../../lib/temporal/data-converter.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { timeSkippingServer } from '../support/temporal-servers.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const server = await timeSkippingServer();
const called: string[] = [];
let brokenStep: keyof PurgeActivities | null = null;

/** Stands in for a step that the workflow decides about. */
const step =
  <T>(name: keyof PurgeActivities, result: T) =>
  () => {
    if (called.at(-1) !== name) called.push(name);
    return name === brokenStep ? Promise.reject(new Error('broken')) : Promise.resolve(result);
  };
const activities: PurgeActivities = {
  takeSilentPeople: step('takeSilentPeople', undefined),
  replaceLeftKeys: step('replaceLeftKeys', undefined),
  endTheirExecutions: step('endTheirExecutions', undefined),
  eraseTheirRows: step('eraseTheirRows', undefined),
  countOverdue: step('countOverdue', 3),
  finishPurge: step('finishPurge', { people: 1, rows: 2, buckets: 1, overdue: 3 }),
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

beforeEach(() => {
  called.length = 0;
  brokenStep = null;
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await server.teardown();
});

let runs = 0;
const purge = () =>
  server.client.workflow.execute('retentionPurge', {
    taskQueue: PRIVACY_TASK_QUEUE,
    workflowId: `purge-${(runs += 1)}`,
    args: [],
    workflowRunTimeout: SCHEDULES.retentionPurge.runTimeoutMs,
  });

test('people are taken first, then keys, executions and rows go in this order, and the proof comes last', async () => {
  expect(await purge()).toMatchObject({ overdue: 3 });
  expect(called).toEqual([
    'takeSilentPeople',
    'replaceLeftKeys',
    'endTheirExecutions',
    'eraseTheirRows',
    'countOverdue',
    'finishPurge',
  ]);
});

test.each(['takeSilentPeople', 'replaceLeftKeys', 'endTheirExecutions', 'eraseTheirRows'] as const)(
  'a run that cannot get past %s still asks who is overdue before its time is up, and does not count as kept',
  async (name) => {
    brokenStep = name;
    await expect(purge()).rejects.toThrow(WorkflowFailedError);
    expect(called.slice(-2)).toEqual([name, 'countOverdue']);
  },
);
