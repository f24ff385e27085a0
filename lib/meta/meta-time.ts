import { z } from 'zod';

const EARLIEST_MS = Date.UTC(2010, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);
// Read as milliseconds this is 1973, read as seconds the year 5138: neither is a message, so it
// parts the two units.
const FIRST_MILLISECONDS = 100_000_000_000;

const DIGITS = /^\d{1,16}$/;
const ISO = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(?:Z|([+-]\d{2}):?(\d{2}))$/;

/**
 * A time as Meta writes it: seconds or milliseconds, as number or string, or ISO 8601 with an
 * offset. Times before 2010 or after 2100 are no times of a message and do not parse.
 */
export const metaTime = z.union([z.number(), z.string()]).transform((written, context) => {
  const ms = typeof written === 'number' ? fromNumber(written) : fromString(written);
  if (ms >= EARLIEST_MS && ms < LATEST_MS) return new Date(ms);
  context.addIssue({ code: 'custom', message: 'not a time of a message' });
  return z.NEVER;
});

function fromNumber(written: number): number {
  return Math.trunc(written < FIRST_MILLISECONDS ? written * 1000 : written);
}

function fromString(written: string): number {
  if (DIGITS.test(written)) return fromNumber(Number(written));
  const iso = ISO.exec(written);
  if (iso === null) return Number.NaN;
  const [, clock, hours, minutes] = iso;
  // Meta leaves the colon of the offset out, which the language's own format does not know.
  return Date.parse(hours === undefined ? `${clock}Z` : `${clock}${hours}:${minutes}`);
}

/**
 * The same, but a time that is missing or cannot be read becomes that of the receipt: a message is not lost because
 * Meta did not say when it was written.
 */
export const timeOrReceipt = metaTime.catch(() => new Date());
