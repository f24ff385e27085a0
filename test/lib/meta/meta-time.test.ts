import fc from 'fast-check';
import { metaTime } from '../../../lib/meta/meta-time.ts';

test.each([
  ['seconds as text', '1749416383', '2025-06-08T20:59:43.000Z'],
  ['seconds as a number', 1749416383, '2025-06-08T20:59:43.000Z'],
  ['milliseconds as a number', 1569262485349, '2019-09-23T18:14:45.349Z'],
  ['milliseconds as text', '1569262485349', '2019-09-23T18:14:45.349Z'],
  ['ISO 8601 with an offset without colon', '2021-09-08T06:34:04+0000', '2021-09-08T06:34:04.000Z'],
  ['ISO 8601 with another offset', '2021-09-08T06:34:04-0730', '2021-09-08T14:04:04.000Z'],
  ['ISO 8601 with a colon in its offset', '2021-09-08T06:34:04+02:00', '2021-09-08T04:34:04.000Z'],
  ['ISO 8601 in UTC with milliseconds', '2021-09-08T06:34:04.250Z', '2021-09-08T06:34:04.250Z'],
])('%s is read', (_, written, expected) => {
  expect(metaTime.parse(written)).toEqual(new Date(expected));
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['zero', 0],
  ['a negative number', -1749416383],
  ['a time before any message', '1000000000'],
  ['a time far away', 9999999999999],
  ['more digits than a time has', '17494163830000000'],
  ['a number with an exponent', '1e9'],
  ['a number with spaces', ' 1749416383'],
  ['infinity', Number.POSITIVE_INFINITY],
  ['words', 'yesterday'],
  ['a date without a time', '2021-09-08'],
  ['a time without an offset', '2021-09-08T06:34:04'],
  ['a day that does not exist', '2021-13-48T06:34:04Z'],
  ['an offset after Z', '2021-09-08T06:34:04Z00'],
  ['a list', [1749416383]],
])('%s is no time of a message', (_, written) => {
  expect(metaTime.safeParse(written).success).toBe(false);
});

test('each second between 2010 and 2100 is the same time in every writing', () => {
  const from = Date.UTC(2010, 0, 1) / 1000;
  const to = Date.UTC(2100, 0, 1) / 1000;
  fc.assert(
    fc.property(fc.integer({ min: from, max: to - 1 }), (seconds) => {
      const expected = new Date(seconds * 1000);
      const iso = expected.toISOString().replace('.000Z', '+0000');
      for (const written of [
        seconds,
        String(seconds),
        seconds * 1000,
        String(seconds * 1000),
        iso,
      ]) {
        expect(metaTime.parse(written)).toEqual(expected);
      }
    }),
  );
});
