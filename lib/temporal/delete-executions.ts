import { isGrpcServiceError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

/** gRPC's status code. */
const NOT_FOUND = 5;

/**
 * Ends and deletes every run of a workflow id, and returns how many are still there: deleting is asynchronous, so the
 * caller asks again until none is left. Run by run, because by the id alone only the latest goes.
 */
export async function deleteExecutions(client: Client, workflowId: string): Promise<number> {
  const { namespace } = client.options;
  let left = 0;
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    left += 1;
    await ignoreMissing(
      client.workflowService.deleteWorkflowExecution({
        namespace,
        workflowExecution: { workflowId, runId },
      }),
    );
  }
  // Listing lags behind: a run that started a moment ago is known to its id first.
  const latest = await latestRun(client, workflowId);
  if (latest !== null) {
    left += 1;
    const workflowExecution = { workflowId, runId: latest };
    await ignoreMissing(
      client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution }),
    );
  }
  return left;
}

/** How many runs of a workflow id there are, by asking for them instead of deleting any. */
export async function countExecutions(client: Client, workflowId: string): Promise<number> {
  return (await client.workflow.count(`WorkflowId = '${workflowId}'`)).count;
}

/** Those of these workflow ids that any run has: one count for all, and a list only when there is something to list. */
export async function findExecutions(
  client: Client,
  workflowIds: readonly string[],
): Promise<string[]> {
  if (workflowIds.length === 0) return [];
  const query = `WorkflowId IN (${workflowIds.map((workflowId) => `'${workflowId}'`).join(', ')})`;
  const { count } = await client.workflow.count(query);
  if (count === 0) return [];
  const runs = await Array.fromAsync(client.workflow.list({ query }));
  return [...new Set(runs.map(({ workflowId }) => workflowId))];
}

async function latestRun(client: Client, workflowId: string): Promise<string | null> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).runId;
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return null;
    throw error;
  }
}

async function ignoreMissing(deleting: Promise<unknown>): Promise<void> {
  try {
    await deleting;
  } catch (error) {
    // Already absent is success.
    if (!isGrpcServiceError(error) || error.code !== NOT_FOUND) throw error;
  }
}
