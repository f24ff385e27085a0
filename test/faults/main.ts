/** A program of its own: `npm run faults`. See `USAGE`. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { BROKEN_BUILDS } from './broken-builds.ts';
import { BROKEN_ERASURES } from './broken-erasures.ts';
import { describePlan, planOf } from './plan.ts';
import { randomRun } from './random-run.ts';
import { runModel } from './run-model.ts';
import { judge, openWorkshop } from './workshop.ts';

const USAGE = `npm run faults -- run --seed N [--runs K]       random runs with real processes, one for each seed from N on
npm run faults -- plan --seed N                 what would happen in one, without doing it
npm run faults -- model [--seed N] --seeds K    the conversation's decisions under K random scenarios, from seed N on
npm run faults -- broken [--only WORDS]         builds that are broken on purpose, and the test that has to find each`;

/** The most lines shown of what a test says when that proves nothing. */
const LINES_SHOWN = 20;

const { values, positionals } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
  },
  allowPositionals: true,
});

const PROGRAMS: Record<string, () => Promise<boolean>> = {
  run: () => run(numberOf('seed'), numberOf('runs')),
  plan: () => {
    say(...describePlan(planOf(numberOf('seed'))));
    return Promise.resolve(true);
  },
  model: () => model(numberOf('seed'), numberOf('seeds')),
  broken: () => breakBuilds(values.only),
};

const program = PROGRAMS[positionals[0] ?? ''];
if (program === undefined) say(USAGE);
if (program === undefined || !(await program())) process.exitCode = 1;

async function run(first: number, count: number): Promise<boolean> {
  let bad = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const plan = planOf(seed);
    say(...describePlan(plan));
    const begun = performance.now();
    const { problems, messages, texts, lostAnswers, duplicates, leftOut, journal } =
      await randomRun(plan);
    const leaving = leftOut.length === 0 ? '' : `; not possible here: ${leftOut.join(', ')}`;
    say(
      `seed ${seed}: ${problems.length === 0 ? 'ok' : 'BROKEN'}, ${plan.faults.length} faults, ${messages} messages, ` +
        `${texts} texts, ${lostAnswers} lost answers, ${duplicates} documented duplicates, ${secondsSince(begun)} s${leaving}`,
    );
    if (problems.length === 0) continue;
    bad += 1;
    const file = path.join(tmpdir(), `mayfly-journal-${seed}.json`);
    writeFileSync(file, JSON.stringify(journal, null, 1));
    say(...problems.map((line) => `  ${line}`), `  what was seen stands in ${file}`);
  }
  say(`${count - bad} passed, ${bad} failed`);
  return bad === 0;
}

async function model(first: number, count: number): Promise<boolean> {
  const begun = performance.now();
  const broken = await runModel({ first, count }, (seed) => {
    const done = seed - first + 1;
    if (done % 500 === 0) say(`${done} of ${count} seeds, ${secondsSince(begun)} s`);
  });
  if (broken === null) {
    say(`${count} seeds, no promise broken, ${secondsSince(begun)} s`);
    return true;
  }
  say(`seed ${broken.seed} breaks a promise; the smallest scenario that does:`);
  say(...[...broken.scenario, ...broken.problems].map((line) => `  ${line}`));
  return false;
}

async function breakBuilds(words: string): Promise<boolean> {
  const builds = [...BROKEN_BUILDS, ...BROKEN_ERASURES].filter(({ name }) => name.includes(words));
  const workshop = openWorkshop();
  let missed = 0;
  try {
    for (const build of builds) {
      const begun = performance.now();
      const { outcome, said } = await judge(workshop, build);
      if (outcome !== 'tripped') missed += 1;
      const { file, test } = build.trippedBy;
      say(
        `${outcome.padEnd(8)} ${build.name.padEnd(42)} ${file}: ${test} (${secondsSince(begun)} s)`,
      );
      if (said !== '')
        say(
          ...said
            .split('\n')
            .slice(0, LINES_SHOWN)
            .map((line) => `  ${line}`),
        );
    }
  } finally {
    workshop.close();
  }
  say(`${builds.length - missed} tripped, ${missed} missed`);
  return missed === 0;
}

function numberOf(option: 'seed' | 'runs' | 'seeds'): number {
  const number = Number(values[option]);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${option} is a whole number`);
  return number;
}

function secondsSince(begun: number): number {
  return Math.round((performance.now() - begun) / 1000);
}

function say(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
