import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createErasureActivities } from '../../activities/erasure-activities.ts';
import type { ErasureDeps } from '../../activities/erasure-activities.ts';

/** A namespace in which each run is still listed for so many looks after it was deleted; Temporal takes its time as well. */
function slowNamespace(looks: number) {
  const deleted: string[] = [];
  let left = looks;
  const isGone = () => left <= 0;
  const client = {
    options: { namespace: 'conversations' },
    workflow: {
      list: async function* () {
        if (!isGone()) yield { runId: 'first' };
        left -= 1;
      },
      getHandle: () => ({
        describe: () =>
          isGone()
            ? Promise.reject(new WorkflowNotFoundError('gone', 'conversation', undefined))
            : Promise.resolve({ runId: 'first' }),
      }),
    },
    workflowService: {
      deleteWorkflowExecution: async ({
        workflowExecution,
      }: {
        workflowExecution: { runId: string };
      }) => void deleted.push(workflowExecution.runId),
    },
  };
  return { client: client as unknown as Client, deleted, isGone };
}

test('the step that waits for the executions does not end while Temporal still lists one', async () => {
  const { client, deleted, isGone } = slowNamespace(3);
  const { untilExecutionsGone } = createErasureActivities({ conversations: client } as ErasureDeps);
  const logger = new DefaultLogger('ERROR');
  await new MockActivityEnvironment({}, { logger }).run(untilExecutionsGone, {
    subjectId: 'somebody',
  });
  expect(isGone()).toBe(true);
  expect(deleted).toContain('first');
});
