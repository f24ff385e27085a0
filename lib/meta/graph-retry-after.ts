import { DAY_MS } from '../../domain/durations.ts';

// Beyond a day the window to answer has closed, and a wrong clock or a wrong header would park the message for ever.
const LONGEST_MS = DAY_MS;

/**
 * How long a Retry-After header asks to wait, in milliseconds and a day at most; null where there is none that can
 * be read. Both forms of RFC 9110, section 10.2.3: seconds, and a date.
 */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | null {
  const value = header?.trim() ?? '';
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : dateOf(value) - now;
  if (Number.isNaN(ms)) return null;
  return Math.min(Math.max(ms, 0), LONGEST_MS);
}

// Date.parse alone finds a date in almost anything.
function dateOf(value: string): number {
  return value.endsWith(' GMT') ? Date.parse(value) : Number.NaN;
}
