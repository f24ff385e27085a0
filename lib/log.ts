import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

/**
 * Every field that a log line may carry: ids of ours, fixed words and counts. Anything else is dropped before it is
 * written, so that no text, name, number or id of Meta's can end in a log by mistake.
 */
export const LOG_FIELDS = [
  'activity',
  'attempt',
  'channel',
  'code',
  'count',
  'durationMs',
  'event',
  'method',
  'namespace',
  'outcome',
  'port',
  'route',
  'service',
  'signal',
  'status',
  'subjectId',
  'taskQueue',
  'workflowType',
] as const;
export type LogField = (typeof LOG_FIELDS)[number];
export type LogFields = Partial<Record<LogField, string | number | boolean | null>> & {
  error?: unknown;
};

/** A logger whose fields are checked by type and, for what comes from libraries, at run time. */
export interface Log {
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  flush(): void;
}

const ALLOWED: ReadonlySet<string> = new Set(LOG_FIELDS);

/** JSON lines on standard output, or on the stream given. `service` names the process. */
export function createLog(service: string, stream?: DestinationStream): Log {
  const logger = pino(
    {
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream ?? pino.destination({ sync: true }),
  );
  const at = (level: 'info' | 'warn' | 'error') => (fields: LogFields, message: string) =>
    write(logger, level, fields, message);
  return { info: at('info'), warn: at('warn'), error: at('error'), flush: () => logger.flush() };
}

function write(
  logger: Logger,
  level: 'info' | 'warn' | 'error',
  fields: LogFields,
  message: string,
): void {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (ALLOWED.has(name) && (value === null || typeof value !== 'object')) kept[name] = value;
  }
  if (fields.error !== undefined) Object.assign(kept, describeError(fields.error));
  logger[level](kept, message);
}

/**
 * An error's class, code and the places in our own code where it arose. Its message is left out: those of libraries
 * quote values.
 */
function describeError(error: unknown): {
  errorName: string;
  errorCode?: string;
  errorAt?: string;
} {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? { errorCode: error.code } : {};
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    errorName: error.name,
    ...code,
    errorAt: frames
      .slice(0, 6)
      .map((line) => line.trim())
      .join(' | '),
  };
}
