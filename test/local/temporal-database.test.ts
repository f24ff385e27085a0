import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { findTemporalCli } from '../../local/temporal/temporal-binaries.ts';
import { databaseArguments } from '../../local/temporal-service.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const WORD = 'Apfelstrudel-4711';
const FILLING = 'x'.repeat(50_000);
/** Far more than it takes. */
const MOST_FILLINGS = 100;

const folder = temporaryFolder();
const server = await TestWorkflowEnvironment.createLocal({
  server: {
    executable: { type: 'existing-path', path: await findTemporalCli(() => undefined) },
    log: { format: 'pretty', level: 'error' },
    extraArgs: databaseArguments(path.join(folder, 'temporal.db')),
  },
});
afterAll(() => server.teardown());

const logSize = () => statSync(path.join(folder, 'temporal.db-wal')).size;
const filesWith = (word: string) =>
  readdirSync(folder).filter((name) => readFileSync(path.join(folder, name)).includes(word));
const startNamed = (workflowId: string, memo: string) =>
  server.client.workflow.start('nobody', { taskQueue: 'nobody', workflowId, memo: { memo } });

/** Writes until the log is shorter than before. */
async function fillLog(): Promise<void> {
  let largest = 0;
  for (let filling = 0; filling < MOST_FILLINGS && logSize() >= largest; filling += 1) {
    largest = logSize();
    await startNamed(randomUUID(), FILLING);
  }
  expect(logSize()).toBeLessThan(largest);
}

test('what a deleted workflow held is in no file of the database once the log was cut off', async () => {
  const { firstExecutionRunId: runId } = await startNamed('to be deleted', WORD);
  await fillLog();
  expect(filesWith(WORD)).toContain('temporal.db');
  await server.client.workflowService.deleteWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: 'to be deleted', runId },
  });
  const query = `WorkflowId = 'to be deleted'`;
  await eventually(async () => expect((await server.client.workflow.count(query)).count).toBe(0));
  await fillLog();
  expect(filesWith(WORD)).toEqual([]);
});
