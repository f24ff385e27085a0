import { EVIDENCE_SIGNAL } from '../../domain/conversation.ts';
import type { Log } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { PrivacyRequests } from '../../lib/temporal/privacy-requests.ts';
import type { TellConversation } from '../../lib/temporal/tell-conversation.ts';
import type { WakeConversation } from '../../lib/temporal/wake-conversation.ts';
import type { AfterCommit } from './ingest-deps.ts';

export interface RunAfterCommit {
  /** Starts what a committed webhook asks for; must not be waited for, and does not throw. */
  run: (after: AfterCommit) => void;
  /** Resolves when everything under way has ended; for a clean shutdown. */
  drained: () => Promise<void>;
}

/**
 * Tells workflows what was committed and acknowledged. What fails here is not tried again: it is marked in the database,
 * where the sweep finds a message that waits, and a conversation or a request looks by itself after a while.
 */
export function createRunAfterCommit(deps: {
  wake: WakeConversation;
  tell: TellConversation;
  requests: Pick<PrivacyRequests, 'tell'>;
  metrics: Metrics;
  log: Log;
}): RunAfterCommit {
  const { wake, tell, requests, metrics, log } = deps;
  const underWay = new Set<Promise<unknown>>();
  const start = (work: () => Promise<unknown>, failed: (error: unknown) => void) => {
    const tracked = work()
      .catch(failed)
      .finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  };
  const wakeOne = async (subjectId: string) => {
    await wake(subjectId);
    metrics.wakes.inc({ by: 'webhook', result: 'done' });
  };
  return {
    run: ({ toWake, settled, confirmed }) => {
      for (const subjectId of toWake) {
        start(
          () => wakeOne(subjectId),
          (error) => {
            metrics.wakes.inc({ by: 'webhook', result: 'left to the sweep' });
            log.warn({ subjectId, error }, 'a conversation could not be woken; the sweep will');
          },
        );
      }
      for (const subjectId of settled) {
        start(
          () => tell(subjectId, EVIDENCE_SIGNAL),
          (error) =>
            log.warn(
              { subjectId, error },
              'a conversation could not be told of evidence; it will look',
            ),
        );
      }
      for (const requestId of confirmed) {
        start(
          () => requests.tell(requestId, 'confirmed'),
          (error) =>
            log.warn(
              { event: 'request waits', error },
              'a privacy request could not be told; the schedule tells it within a quarter of an hour',
            ),
        );
      }
    },
    drained: async () => {
      await Promise.all(underWay);
    },
  };
}
