import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { failPoint } from '../lib/fail-point.ts';

/** Several within the time after which a worker that is silent counts as dead. */
const BEATS = 4;

/**
 * Every activity tells Temporal that its process lives, as long as it runs and whatever it waits for: one that only
 * beat after each step of its work would be silent while it waits, and a process that died would go unnoticed.
 */
export function beat(context: Context): ActivityInterceptors {
  const { activityType, heartbeatTimeoutMs } = context.info;
  return {
    inbound: {
      execute: async (input, next) => {
        failPoint(`in ${activityType}`);
        // Of a local activity the server knows nothing: there the workflow's own step is missed.
        if (heartbeatTimeoutMs === undefined) return next(input);
        const beating = setInterval(() => context.heartbeat(), heartbeatTimeoutMs / BEATS);
        try {
          return await next(input);
        } finally {
          clearInterval(beating);
        }
      },
    },
  };
}
