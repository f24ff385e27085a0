import { retryAfterMs } from '../../../lib/meta/graph-retry-after.ts';

const NOW = Date.parse('2026-11-01T12:00:00Z');

test.each([
  ['0', 0],
  ['6', 6000],
  [' 120 ', 120_000],
  ['Sun, 01 Nov 2026 12:00:30 GMT', 30_000],
])('"%s" asks to wait %d ms', (header, ms) => {
  expect(retryAfterMs(header, NOW)).toBe(ms);
});

test('a date in the past asks to wait no longer', () => {
  expect(retryAfterMs('Sun, 01 Nov 2026 11:00:00 GMT', NOW)).toBe(0);
});

test.each(['86401', '99999999999999999999', 'Sun, 01 Nov 2099 11:00:00 GMT'])(
  '"%s" is cut to a day',
  (header) => {
    expect(retryAfterMs(header, NOW)).toBe(86_400_000);
  },
);

test.each([undefined, '', ' ', 'soon', '-5', '1.5', '1e3', 'never GMT'])(
  '"%s" asks for nothing',
  (header) => {
    expect(retryAfterMs(header, NOW)).toBeNull();
  },
);
