import { CancellationScope, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { PurgeActivities } from '../activities/purge-activities.ts';
import { hourOf } from '../domain/purge.ts';
import type { PurgeReport, PurgeRun, PurgeScope } from '../domain/purge.ts';
import { PATIENT_HEARTBEAT_TIMEOUT, UNTIL_IT_WORKS } from './lib/activity-options.ts';

const act = proxyActivities<PurgeActivities>({
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: PATIENT_HEARTBEAT_TIMEOUT,
  retry: UNTIL_IT_WORKS,
});

/** What is not done by then is left to the next run: there must be time left to ask whether anybody is overdue. */
const PURGE_TIME = '40 minutes';

/**
 * Policy R1: people who have been silent for long are forgotten, well before 90 days are over, and another query proves
 * that nobody older is left. By the clock it visits the buckets whose turn it is; by hand it can visit all of them.
 */
export async function retentionPurge(
  scope: PurgeScope = 'buckets that are due',
): Promise<PurgeReport> {
  const { runId, startTime } = workflowInfo();
  const run: PurgeRun = { purgeId: runId, hour: hourOf(startTime.getTime()), scope };
  const failure = await CancellationScope.withTimeout(PURGE_TIME, () => purge(run)).then(
    () => null,
    (error: unknown) => ({ error }),
  );

  // Asked whatever became of the purge: the alert must not depend on what it watches.
  const overdue = await act.countOverdue();
  if (failure !== null) throw failure.error;
  return act.finishPurge({ ...run, overdue });
}

async function purge(run: PurgeRun): Promise<void> {
  // From here on nobody finds them, and nothing of them can be stored any more.
  await act.takeSilentPeople(run);

  // Keys go before everything else: unreadable must never wait for deleted.
  await act.replaceLeftKeys(run);

  // Executions go before rows: a running turn could write a row back.
  await act.endTheirExecutions();
  await act.eraseTheirRows(run);
}
