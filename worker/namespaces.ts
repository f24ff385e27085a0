import { isGrpcServiceError } from '@temporalio/client';
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

/** gRPC's status code. */
const NOT_FOUND = 5;
const DAY_MS = 24 * 60 * 60 * 1000;

/** How long Temporal keeps what has ended. Neither holds anything personal. */
export const NAMESPACE_RETENTION = {
  /** Sessions: days, for debugging. */
  conversations: 3 * DAY_MS,
  /** Privacy requests: over a year, because auditors query them. */
  privacy: 400 * DAY_MS,
} as const;

/** Makes sure that a namespace exists with exactly this retention, in milliseconds; longer would keep more than is promised. */
export async function ensureNamespace(
  connection: Connection,
  namespace: string,
  retentionMs: number,
): Promise<void> {
  const retention = msToTs(retentionMs);
  const known = await describeNamespace(connection, namespace);
  if (known === null) {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: retention,
    });
    return;
  }
  const current = known.config?.workflowExecutionRetentionTtl?.seconds?.toString();
  if (current === retention.seconds?.toString()) return;
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: retention },
  });
}

async function describeNamespace(connection: Connection, namespace: string) {
  try {
    return await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === NOT_FOUND) return null;
    throw error;
  }
}
