import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { conversationId } from '../../domain/conversation.ts';

/** The running session of a person, as Temporal has it. */
export interface ConversationRuns {
  /** Null when Temporal does not tell. */
  isOpen(subjectId: string): Promise<boolean | null>;
  /** Ends the session as a long silence would; there may be none. */
  end(subjectId: string): Promise<void>;
}

/** What is shown beside the phones must not wait for a Temporal that is away. */
const DEADLINE_MS = 1_000;

export function createConversationRuns(client: Client): ConversationRuns {
  const handle = (subjectId: string) => client.workflow.getHandle(conversationId(subjectId));
  return {
    async isOpen(subjectId) {
      try {
        const { status } = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
          handle(subjectId).describe(),
        );
        return status.name === 'RUNNING';
      } catch (error) {
        return error instanceof WorkflowNotFoundError ? false : null;
      }
    },
    async end(subjectId) {
      try {
        await handle(subjectId).terminate('25 hours passed in the simulator');
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}
