import { setTimeout as pause } from 'node:timers/promises';
import { withEachSystem } from '../bench.ts';
import type { Bench, Stage } from '../bench.ts';
import type { Asked } from '../load/crowd.ts';
import { startLanes } from '../load/lanes.ts';
import { watchLoad } from '../measure/machine-facts.ts';
import type { LoadFacts } from '../measure/machine-facts.ts';
import { round, summarise } from '../measure/summary.ts';
import type { Summary } from '../measure/summary.ts';
import { watchUsage } from '../measure/usage.ts';
import type { Usage } from '../measure/usage.ts';
import type { SystemName } from '../systems/system.ts';

export interface TurnFigures {
  turns: number;
  turnsPerSecond: number;
  /** By process, and for all of them together. */
  cpuMsPerTurn: Record<string, number>;
  databaseBytesPerTurn: number | null;
  walBytesPerTurn: number | null;
  temporalBytesPerTurn: number | null;
  acknowledgementMs: Summary | null;
  turnMs: Summary | null;
  unanswered: number;
  unexpected: number;
  load: LoadFacts;
}

/** Turns a second that are sustained, and what each costs: many people, each writing again once answered, a model that takes no time. */
export function measureTurns(bench: Bench): Promise<Record<SystemName, TurnFigures>> {
  return withEachSystem(bench, (stage) => turnsOf(bench, stage));
}

async function turnsOf({ plan, fakes }: Bench, { system, crowd }: Stage): Promise<TurnFigures> {
  const { warmUpSeconds, seconds, people, turnsEach } = plan.turns;
  fakes.set({ modelMs: 0, statusesTo: system.webhookUrl });
  const lanes = startLanes(crowd, { people, turnsEach });
  await pause(warmUpSeconds * 1000);
  const loadSince = watchLoad();
  const usageSince = await watchUsage(system);
  await pause(seconds * 1000);
  const usage = await usageSince();
  const load = loadSince();
  await lanes.end();
  return { ...figuresOf(lanes.asked, usage, crowd.unexpected()), load };
}

function figuresOf(
  asked: readonly Asked[],
  usage: Usage,
  unexpected: number,
): Omit<TurnFigures, 'load'> {
  const within = asked.filter(
    ({ answer }) => answer !== null && answer.at >= usage.from && answer.at < usage.to,
  );
  const turns = within.length;
  const each = (amount: number | null) =>
    amount === null || turns === 0 ? null : Math.round(amount / turns);
  const total = Object.values(usage.cpu).reduce((sum, seconds) => sum + seconds, 0);
  return {
    turns,
    turnsPerSecond: round(turns / ((usage.to - usage.from) / 1000)),
    cpuMsPerTurn: Object.fromEntries(
      Object.entries({ ...usage.cpu, total }).map(([name, seconds]) => [
        name,
        round((seconds * 1000) / turns, 2),
      ]),
    ),
    databaseBytesPerTurn: each(usage.databaseBytes),
    walBytesPerTurn: each(usage.walBytes),
    temporalBytesPerTurn: each(usage.temporalBytes),
    acknowledgementMs: summarise(
      within.map(({ sentAt, acknowledgedAt }) => acknowledgedAt - sentAt),
    ),
    turnMs: summarise(within.map(({ sentAt, answer }) => (answer?.at ?? 0) - sentAt)),
    unanswered: asked.filter(({ answer }) => answer === null).length,
    unexpected,
  };
}
