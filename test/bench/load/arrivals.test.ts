import { setTimeout as pause } from 'node:timers/promises';
import { arrive } from '../../../bench/load/arrivals.ts';

test('arrivals wait for no answer, so a slow one is counted for everybody whom it holds up', async () => {
  let underWay = 0;
  let most = 0;
  await arrive({ perSecond: 100, seconds: 0.5 }, async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await pause(400);
    underWay -= 1;
  });
  expect(most).toBeGreaterThan(20);
});

test('arrivals come at the mean rate, in order, and at the same moments in every run', async () => {
  const moments = async () => {
    const due = await arrive({ perSecond: 2_000, seconds: 0.5 }, async (_index, dueAt) => dueAt);
    return due.map((at) => Math.round(at - (due[0] ?? 0)));
  };
  const [first, second] = [await moments(), await moments()];
  expect(first).toEqual(second);
  expect(first).toEqual(first.toSorted((a, b) => a - b));
  expect(Math.abs(first.length - 1_000)).toBeLessThan(100);
});
