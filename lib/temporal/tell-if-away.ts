import type { Connection } from '@temporalio/client';
import type { Log } from '../log.ts';
import { connectTrouble } from './temporal-trouble.ts';

const ANSWERS_WITHIN_MS = 10_000;

/**
 * Asks Temporal once, and says in the log when there is no answer: for a process that works without it for a while. Nothing
 * waits for this, and nothing is said once `isOver`.
 */
export function tellIfAway(connection: Connection, log: Log, isOver: () => boolean): void {
  connection
    .withDeadline(Date.now() + ANSWERS_WITHIN_MS, () =>
      connection.workflowService.getSystemInfo({}),
    )
    .catch((error: unknown) => {
      if (isOver()) return;
      log.warn({ event: 'temporal away', error }, connectTrouble(error).message);
    });
}
