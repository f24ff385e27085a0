import { DefaultLogger } from '@temporalio/worker';
import type { Log } from '../log.ts';

/**
 * Passes Temporal's own log lines through our log: their text is fixed, and of their fields only the allowed ones are
 * kept.
 */
export function bridgeRuntimeLog(log: Log): DefaultLogger {
  return new DefaultLogger('WARN', ({ level, message, meta }) => {
    const fields = {
      activity: textOf(meta?.['activityType']),
      workflowType: textOf(meta?.['workflowType']),
      taskQueue: textOf(meta?.['taskQueue']),
      namespace: textOf(meta?.['namespace']),
      error: meta?.['error'],
    };
    if (level === 'ERROR') log.error(fields, message);
    else log.warn(fields, message);
  });
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
