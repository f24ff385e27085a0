import fc from 'fast-check';
import { problemsOf } from './check.ts';
import { play } from './play.ts';
import { describeScenario, scenarios } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import { openModelStage } from './stage.ts';
import type { ModelStage } from './stage.ts';

/** A scenario in which a promise was broken, made as small as it could be. */
export interface BrokenScenario {
  seed: number;
  scenario: string[];
  problems: string[];
}

/** Plays one scenario for each seed, until one is broken. The database is migrated, and used by nobody else. */
export async function tryScenarios(
  connectionString: string,
  { first, count }: { first: number; count: number },
  onSeed: (seed: number) => void = () => undefined,
): Promise<BrokenScenario | null> {
  const stage = await openModelStage(connectionString);
  try {
    for (let seed = first; seed < first + count; seed += 1) {
      const broken = await trySeed(stage, seed);
      if (broken !== null) return broken;
      onSeed(seed);
    }
    return null;
  } finally {
    await stage.close();
  }
}

/** Plays one scenario, and returns every promise that it breaks. */
export async function tryScenario(connectionString: string, scenario: Scenario): Promise<string[]> {
  const stage = await openModelStage(connectionString);
  try {
    return await problemsIn(stage, scenario);
  } finally {
    await stage.close();
  }
}

async function problemsIn(stage: ModelStage, scenario: Scenario): Promise<string[]> {
  try {
    return await problemsOf(await play(stage, scenario));
  } catch (error) {
    return [`an error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
}

async function trySeed(stage: ModelStage, seed: number): Promise<BrokenScenario | null> {
  const found = new Map<Scenario, string[]>();
  const isKept = async (scenario: Scenario) => {
    const problems = await problemsIn(stage, scenario);
    found.set(scenario, problems);
    return problems.length === 0;
  };
  const { failed, counterexample } = await fc.check(fc.asyncProperty(scenarios, isKept), {
    seed,
    numRuns: 1,
  });
  if (!failed || counterexample === null) return null;
  const [smallest] = counterexample;
  return { seed, scenario: describeScenario(smallest), problems: found.get(smallest) ?? [] };
}
