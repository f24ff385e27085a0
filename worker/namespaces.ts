import { DAY_MS } from '../domain/durations.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import protos from '@temporalio/proto';
import { isNotFound } from '../lib/temporal/temporal-trouble.ts';

const { INDEXED_VALUE_TYPE_DATETIME, INDEXED_VALUE_TYPE_KEYWORD } =
  protos.temporal.api.enums.v1.IndexedValueType;

/** gRPC's status code. */
const ALREADY_EXISTS = 6;
const USABLE_DEADLINE_MS = 60_000;
const POLL_MS = 200;

/** How long Temporal keeps what has ended. Neither holds anything personal. */
export const NAMESPACE_RETENTION = {
  /** Sessions: days, for debugging. */
  conversations: 3 * DAY_MS,
  /** Privacy requests: over a year, because auditors query them. */
  privacy: 400 * DAY_MS,
} as const;

/** What privacy requests are found by in Temporal's UI. */
const SEARCH_ATTRIBUTES = {
  PrivacyRight: INDEXED_VALUE_TYPE_KEYWORD,
  PrivacyState: INDEXED_VALUE_TYPE_KEYWORD,
  PrivacyDueAt: INDEXED_VALUE_TYPE_DATETIME,
  PrivacyClock: INDEXED_VALUE_TYPE_KEYWORD,
  PrivacyIntake: INDEXED_VALUE_TYPE_KEYWORD,
} as const;

/**
 * Makes sure that a namespace exists with exactly this retention, in milliseconds; longer would keep more than is
 * promised. Returns when it can be used: the server's caches learn of a new one only after a while.
 */
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
    await untilUsable(connection, namespace);
    return;
  }
  const current = known.config?.workflowExecutionRetentionTtl?.seconds?.toString();
  if (current === retention.seconds?.toString()) return;
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: retention },
  });
}

/** Makes sure that privacy requests can be found by right, state, clock and door. */
export async function ensureSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing),
    });
  } catch (error) {
    // Another process added them in the same moment.
    if (!isGrpcServiceError(error) || error.code !== ALREADY_EXISTS) throw error;
  }
}

async function untilUsable(connection: Connection, namespace: string): Promise<void> {
  await whileUnknown(() =>
    connection.workflowService.listWorkflowExecutions({ namespace, pageSize: 1 }),
  );
}

/**
 * Does something in a namespace again, for up to a minute, as long as Temporal does not know it: each of the server's
 * parts learns of a new one for itself.
 */
export async function whileUnknown(work: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + USABLE_DEADLINE_MS;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isNotFound(error) || Date.now() > deadline) throw error;
      await pause(POLL_MS);
    }
  }
}

async function describeNamespace(connection: Connection, namespace: string) {
  try {
    return await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
