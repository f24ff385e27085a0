import { z } from 'zod';

const QUIET_MS = 60_000;

const logLine = z.object({
  level: z.enum(['warn', 'error', 'fatal']),
  msg: z.string(),
  outcome: z.union([z.string(), z.number()]).optional(),
  errorName: z.string().optional(),
  errorCode: z.string().optional(),
});

const WORDS = { warn: 'warning', error: 'error', fatal: 'error' } as const;

/** A child's log line as a person reads it in the terminal; null when it is no warning and no error. */
export function terminalLine(name: string, line: string): string | null {
  if (!line.startsWith('{')) return null;
  const parsed = logLine.safeParse(parsedJson(line));
  if (!parsed.success) return null;
  const { level, msg, outcome, errorName, errorCode } = parsed.data;
  const details = [outcome, errorName, errorCode].filter((detail) => detail !== undefined);
  return `${name}: ${WORDS[level]}: ${msg}${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
}

/** Passes each line on, but the same one only once a minute: a failing child says the same many times a second. */
export function withoutRepeats(
  report: (line: string) => void,
  now: () => number = Date.now,
): (line: string) => void {
  const said = new Map<string, number>();
  return (line) => {
    for (const [old, at] of said) {
      if (now() - at >= QUIET_MS) said.delete(old);
    }
    if (said.has(line)) return;
    said.set(line, now());
    report(line);
  };
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
