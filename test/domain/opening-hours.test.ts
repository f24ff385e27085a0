import { openingHours } from '../../domain/assistant.ts';
import { isOpenAt, localTime } from '../../domain/opening-hours.ts';

const hours = openingHours.parse({
  timezone: 'America/New_York',
  friday: ['18:00-24:00'],
  saturday: ['00:00-02:00'],
});

test.each([
  ['2026-11-27T22:59:00Z', false, 'friday 17:59'],
  ['2026-11-27T23:00:00Z', true, 'friday 18:00'],
  ['2026-11-28T04:59:59Z', true, 'friday 23:59'],
  ['2026-11-28T05:00:00Z', true, 'saturday 00:00'],
  ['2026-11-28T07:00:00Z', false, 'saturday 02:00'],
  ['2026-07-03T22:00:00Z', true, 'friday 18:00'],
])('at %s the shop is open: %s (%s there)', (moment, open, clock) => {
  const { weekday, time } = localTime(hours.timezone, new Date(moment));
  expect(`${weekday} ${time}`).toBe(clock);
  expect(isOpenAt(hours, new Date(moment))).toBe(open);
});

test('the date is the one on the spot', () => {
  expect(localTime('Pacific/Auckland', new Date('2026-11-24T12:00:00Z')).date).toBe('2026-11-25');
});
