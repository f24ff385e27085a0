import { describePlan, planOf } from './plan.ts';
import { randomRun } from './random-run.ts';

/** One of many: `npm run faults -- --seed 1 --runs 100` goes on from here. */
const SEED = 1;

test(`seed ${SEED}: whatever fails, no message is lost, and each has one effect`, async () => {
  const plan = planOf(SEED);
  const { problems, messages, texts } = await randomRun(plan);
  if (problems.length > 0) process.stderr.write(`${describePlan(plan).join('\n')}\n`);
  expect(problems).toEqual([]);
  expect(messages).toBe(plan.messages.length);
  expect(texts).toBeGreaterThan(4);
}, 240_000);
