import { WorkflowIdConflictPolicy, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { PRIVACY_TASK_QUEUE } from '../../domain/erasure.ts';
import {
  ERASURE_REQUEST_TYPE,
  IDENTITY_VERIFIED_SIGNAL,
  requestWorkflowId,
  WITHDRAWN_SIGNAL,
} from '../../domain/privacy-request.ts';
import type { RequestInput } from '../../domain/privacy-request.ts';
import { askWithin } from './ask-within.ts';

/** Starts and wakes the workflows of privacy requests. Whatever is lost here, the reconcile schedule makes good. */
export interface PrivacyRequests {
  /** Starts a request's workflow, or leaves the one that runs. */
  start(request: RequestInput): Promise<void>;
  /** Tells a request that it was confirmed or taken back; it looks up the rest in the database. */
  tell(requestId: string, news: 'confirmed' | 'withdrawn'): Promise<void>;
  isRunning(requestId: string): Promise<boolean>;
}

/**
 * `client` is one of the privacy namespace. The caller waits for `answerWithinMs` at most, even for a server that
 * accepts and never answers; then it throws.
 */
export function createPrivacyRequests(
  client: Client,
  { answerWithinMs }: { answerWithinMs: number },
): PrivacyRequests {
  const ask = askWithin(client, answerWithinMs);
  const handleOf = (requestId: string) => client.workflow.getHandle(requestWorkflowId(requestId));
  return {
    start: async (request) => {
      await ask(() =>
        client.workflow.start(ERASURE_REQUEST_TYPE, {
          workflowId: requestWorkflowId(request.requestId),
          taskQueue: PRIVACY_TASK_QUEUE,
          args: [request],
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          staticSummary: `${request.right}, ${request.intake}`,
          priority: { priorityKey: 2 },
        }),
      );
    },
    tell: async (requestId, news) => {
      const signal = news === 'confirmed' ? IDENTITY_VERIFIED_SIGNAL : WITHDRAWN_SIGNAL;
      await ask(() => handleOf(requestId).signal(signal));
    },
    isRunning: async (requestId) => {
      try {
        const { status } = await ask(() => handleOf(requestId).describe());
        return status.name === 'RUNNING';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
  };
}
