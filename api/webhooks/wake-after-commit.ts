import type { Log } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { WakeConversation } from '../../lib/temporal/wake-conversation.ts';

export interface AfterCommit {
  wake: (subjectIds: readonly string[]) => void;
  /** Resolves when the wakes under way have ended; for a clean shutdown. */
  drained: () => Promise<void>;
}

/**
 * Wakes conversations once their messages are committed and acknowledged. A wake that fails is not tried again here:
 * the message is marked as waiting in the database, and the sweep finds it.
 */
export function createWakeAfterCommit(deps: {
  wake: WakeConversation;
  metrics: Metrics;
  log: Log;
}): AfterCommit {
  const underWay = new Set<Promise<void>>();
  const wakeOne = async (subjectId: string) => {
    try {
      await deps.wake(subjectId);
      deps.metrics.wakes.inc({ by: 'webhook', result: 'done' });
    } catch (error) {
      deps.metrics.wakes.inc({ by: 'webhook', result: 'left to the sweep' });
      deps.log.warn({ subjectId, error }, 'a conversation could not be woken; the sweep will');
    }
  };
  return {
    wake: (subjectIds) => {
      for (const subjectId of subjectIds) {
        const waking = wakeOne(subjectId).finally(() => underWay.delete(waking));
        underWay.add(waking);
      }
    },
    drained: async () => {
      await Promise.all(underWay);
    },
  };
}
