/** A program of its own: `npm run faults`. See `usage`. */
import { parseArgs } from 'node:util';
import { BROKEN_BUILDS } from './broken-builds.ts';
import { describePlan, planOf } from './plan.ts';
import { randomRun } from './random-run.ts';
import { tryBuild } from './try-build.ts';

const usage = `npm run faults -- [--seed N] [--runs N]   random runs with real processes, one for each seed from N on
npm run faults -- --seed N --plan         what would happen, without doing it
npm run faults -- --broken-builds         builds with a defect on purpose, and the check that must find each`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1' },
    plan: { type: 'boolean', default: false },
    'broken-builds': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [seed, runs] = [Number(values.seed), Number(values.runs)];

if (values.help || !Number.isSafeInteger(seed) || !Number.isSafeInteger(runs)) say(usage);
else if (values.plan) say(describePlan(planOf(seed)).join('\n'));
else if (values['broken-builds']) await tryBrokenBuilds();
else await run(seed, runs);

async function run(first: number, count: number): Promise<void> {
  let bad = 0;
  for (let next = first; next < first + count; next += 1) {
    const plan = planOf(next);
    const begun = Date.now();
    const { problems, messages, texts, duplicates, leftOut } = await randomRun(plan);
    const seconds = Math.round((Date.now() - begun) / 1000);
    const leaving = leftOut.length === 0 ? '' : `, not possible here: ${leftOut.join('; ')}`;
    say(
      `seed ${next}: ${problems.length === 0 ? 'ok' : 'BROKEN'}, ${messages} messages, ${texts} texts, ` +
        `${plan.faults.length} faults, ${duplicates} documented duplicates, ${seconds} s${leaving}`,
    );
    if (problems.length === 0) continue;
    bad += 1;
    say([...describePlan(plan), ...problems].map((line) => `  ${line}`).join('\n'));
  }
  say(`${count - bad} passed, ${bad} failed`);
  if (bad > 0) process.exitCode = 1;
}

async function tryBrokenBuilds(): Promise<void> {
  let missed = 0;
  for (const { name, patches, scenario, check } of BROKEN_BUILDS) {
    const problems = await tryBuild(patches, [scenario]);
    const isCaught = problems.some((line) => line.startsWith(`${check}: `));
    if (!isCaught) missed += 1;
    say(`${name}: ${isCaught ? 'caught' : 'MISSED'} by "${check}"`);
    say(problems.map((line) => `  ${line}`).join('\n'));
  }
  say(`${BROKEN_BUILDS.length - missed} caught, ${missed} missed`);
  if (missed > 0) process.exitCode = 1;
}

function say(text: string): void {
  if (text !== '') process.stdout.write(`${text}\n`);
}
