import { summarise } from '../../../bench/measure/summary.ts';

test('a percentile is a value that was measured, and the largest share of values is at most that', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect(summarise(values)).toEqual({ count: 200, p50: 100, p95: 190, p99: 198, max: 200 });
});

test('one slow value among a hundred is the maximum and not yet the 99th percentile', () => {
  expect(summarise([...Array.from({ length: 99 }, () => 1), 500])).toMatchObject({
    p99: 1,
    max: 500,
  });
});

test('nothing measured is told apart from zero', () => {
  expect(summarise([])).toBeNull();
});
