import { writeFileSync } from 'node:fs';
import type { Figures } from './figures.ts';
import type { LoadFacts, MachineFacts } from './measure/machine-facts.ts';
import type { Plan } from './plan.ts';
import { checkTargets } from './targets.ts';
import type { Target } from './targets.ts';

/** What a run leaves behind, in bench/results.json. */
export interface Results {
  begunAt: string;
  size: 'full' | 'short';
  plan: Plan;
  temporal: 'dev server' | 'given';
  machine: MachineFacts;
  /** How busy the machine was, in all and in each part. */
  load: Record<string, LoadFacts>;
  figures: Partial<Figures>;
  targets: Target[];
}

export function writeResults(file: string, results: Omit<Results, 'targets'>): Results {
  const whole = { ...results, targets: checkTargets(results.figures) };
  writeFileSync(file, `${JSON.stringify(whole, null, 2)}\n`);
  return whole;
}
