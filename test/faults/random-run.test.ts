import { describePlan, planOf } from './plan.ts';
import { randomRun } from './random-run.ts';

/** One short run of many: `npm run faults -- run --seed 1 --runs 100` makes longer ones. */
const SEED = 3;
const LASTS_MS = 12_000;

test(`seed ${SEED}: whatever fails, no message is lost, and each has one effect`, async () => {
  const plan = planOf(SEED, LASTS_MS);
  const { problems, messages } = await randomRun(plan);
  if (problems.length > 0) process.stderr.write(`${describePlan(plan).join('\n')}\n`);
  expect(problems).toEqual([]);
  expect(messages).toBe(plan.messages.length);
}, 240_000);
