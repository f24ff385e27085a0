import type { OpeningHours } from './assistant.ts';

/** The days as the assistant file spells them, in the order a person reads them. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A moment as a clock on the shop's wall shows it: `date` as 2026-11-24, `time` as 09:05. */
export interface LocalTime {
  weekday: Weekday;
  date: string;
  time: string;
}

/** What the clock shows in a time zone of the IANA list. */
export function localTime(timezone: string, now: Date): LocalTime {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    calendar: 'gregory',
    weekday: 'long',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((candidate) => candidate.type === type)?.value ?? '';
  return {
    weekday: part('weekday').toLowerCase() as Weekday,
    date: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}`,
  };
}

/** Whether the business is open: from the minute it opens until just before the minute it closes. */
export function isOpenAt(hours: OpeningHours, now: Date): boolean {
  const { weekday, time } = localTime(hours.timezone, now);
  return hours[weekday].some(({ opens, closes }) => opens <= time && time < closes);
}
