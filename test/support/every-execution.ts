import { isGrpcServiceError } from '@temporalio/client';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';

/** gRPC's status code. */
const NOT_FOUND = 5;

/** One run as Temporal lists it, and its history; null when it was deleted, because a list lags behind. */
interface ListedExecution {
  info: WorkflowExecutionInfo;
  history: History | null;
}

/** Every run that a namespace lists. */
export async function* everyExecution(client: Client): AsyncGenerator<ListedExecution> {
  for await (const info of client.workflow.list()) {
    yield { info, history: await historyOf(client, info) };
  }
}

async function historyOf(
  client: Client,
  { workflowId, runId }: WorkflowExecutionInfo,
): Promise<History | null> {
  try {
    return await client.workflow.getHandle(workflowId, runId).fetchHistory();
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === NOT_FOUND) return null;
    throw error;
  }
}
