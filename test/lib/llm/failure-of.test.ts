import { retryAfterMs } from '../../../lib/llm/failure-of.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');

test.each<[Record<string, string>, number | null]>([
  [{}, null],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '2.5' }, 2500],
  [{ 'retry-after': ' 3 ' }, 3000],
  [{ 'retry-after': 'Tue, 24 Nov 2026 12:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Tue, 24 Nov 2026 11:00:00 GMT' }, 0],
  [{ 'retry-after': '999999999' }, 86_400_000],
  [{ 'retry-after': 'tomorrow or so' }, null],
  [{ 'retry-after': '' }, null],
  [{ 'retry-after-ms': '20', 'retry-after': '5' }, 20],
  [{ 'retry-after-ms': 'x', 'retry-after': '5' }, 5000],
])('the headers %j ask to wait %p ms', (headers, expected) => {
  expect(retryAfterMs(new Headers(headers), NOW)).toBe(expected);
});
