import type { Figures } from './figures.ts';
import { round } from './measure/summary.ts';
import type { Summary } from './measure/summary.ts';

/** A promise about speed or cost, and what was measured. */
export interface Target {
  name: string;
  wanted: string;
  measured: string;
  isMet: boolean;
}

type Check = (figures: Partial<Figures>) => Target[];

/** The targets of the parts that were run. */
export function checkTargets(figures: Partial<Figures>): Target[] {
  return CHECKS.flatMap((check) => check(figures));
}

const CHECKS: readonly Check[] = [
  turns,
  latency,
  acknowledgement,
  events,
  memory,
  recovery,
  erase,
  purge,
];

function turns({ turns: figures }: Partial<Figures>): Target[] {
  if (figures === undefined) return [];
  const [mayfly, usual] = [figures.mayfly, figures['usual Temporal']];
  const rate = round(mayfly.turnsPerSecond / usual.turnsPerSecond, 2);
  const cpu = round((mayfly.cpuMsPerTurn['total'] ?? 0) / (usual.cpuMsPerTurn['total'] ?? 0), 2);
  return [
    {
      name: 'turns a second, beside the usual Temporal way',
      wanted: '≥ 2 ×',
      measured: `${rate} × (${mayfly.turnsPerSecond} to ${usual.turnsPerSecond})`,
      isMet: rate >= 2,
    },
    {
      name: 'CPU of a turn, beside the usual Temporal way',
      wanted: '≤ 0.5 ×',
      measured: `${cpu} × (${mayfly.cpuMsPerTurn['total']} to ${usual.cpuMsPerTurn['total']} ms)`,
      isMet: cpu <= 0.5,
    },
  ];
}

function latency({ latency: figures }: Partial<Figures>): Target[] {
  if (figures === undefined) return [];
  const { addedMs, unanswered } = figures.mayfly;
  return [
    within('added to the model, p50', addedMs, 'p50', 40),
    within('added to the model, p99', addedMs, 'p99', 120),
    {
      name: 'messages without an answer',
      wanted: '0',
      measured: String(unanswered),
      isMet: unanswered === 0,
    },
  ];
}

function acknowledgement({ acknowledgement: part }: Partial<Figures>): Target[] {
  if (part === undefined) return [];
  return Object.entries(part).flatMap(([name, figures]) => {
    if (figures === null) return [];
    const { acknowledgementMs, refused } = figures;
    return [
      within(`acknowledgement p50, ${name}`, acknowledgementMs, 'p50', 5),
      within(`acknowledgement p99, ${name}`, acknowledgementMs, 'p99', 25),
      {
        name: `webhooks refused, ${name}`,
        wanted: '0',
        measured: String(refused),
        isMet: refused === 0,
      },
    ];
  });
}

function events({ events: part }: Partial<Figures>): Target[] {
  if (part === undefined) return [];
  const { turn, firstTurn, burstOfFive, threeStatuses } = part.mayfly;
  return [
    {
      name: 'history events of a turn',
      wanted: '≤ 14',
      measured: String(turn),
      isMet: turn <= 14 && firstTurn <= 14,
    },
    {
      name: 'history events of a burst of five',
      wanted: `those of one turn (${turn})`,
      measured: String(burstOfFive),
      isMet: burstOfFive <= turn,
    },
    {
      name: 'history events of three statuses',
      wanted: '0',
      measured: String(threeStatuses),
      isMet: threeStatuses === 0,
    },
  ];
}

/** How much the memory of a process varies even when nothing is kept. */
const MEMORY_NOISE_MIB = 8;
const OPEN_LIMIT_MIB = 50;

function memory({ memory: figures }: Partial<Figures>): Target[] {
  if (figures === undefined) return [];
  const { conversations } = figures;
  const { endedCostMiB, openCostMiB } = figures.inUse;
  return [
    {
      name: `memory in use for ${conversations} ended sessions`,
      wanted: `none (≤ ${MEMORY_NOISE_MIB} MiB)`,
      measured: `${endedCostMiB} MiB`,
      isMet: endedCostMiB <= MEMORY_NOISE_MIB,
    },
    {
      name: `memory in use for ${conversations} open idle conversations`,
      wanted: `≤ ${OPEN_LIMIT_MIB} MiB`,
      measured: `${openCostMiB} MiB`,
      isMet: openCostMiB <= OPEN_LIMIT_MIB,
    },
  ];
}

const RECOVERY_LIMIT_MS = 5_000;

function recovery({ recovery: figures }: Partial<Figures>): Target[] {
  if (figures === undefined) return [];
  return [
    within(
      'slowest answer to a turn in which the worker was killed',
      figures.midTurnMs,
      'max',
      RECOVERY_LIMIT_MS,
    ),
    within('slowest answer to who wrote meanwhile', figures.meanwhileMs, 'max', RECOVERY_LIMIT_MS),
    within('slowest answer to who began meanwhile', figures.newcomerMs, 'max', RECOVERY_LIMIT_MS),
  ];
}

function erase({ erase: figures }: Partial<Figures>): Target[] {
  return Object.entries(figures ?? {}).flatMap(([among, one]) => [
    within(`unreadable everywhere, ${among}`, one.unreadableEverywhereMs, 'p50', 50),
    within(`rows gone, ${among}`, one.rowsGoneMs, 'p50', 1_000),
    within(`rewrap of ${one.survivorsInBucket} survivors, ${among}`, one.rewrapMs, 'p50', 100),
  ]);
}

const PURGED_PER_SECOND = 5_000;

function purge({ purge: figures }: Partial<Figures>): Target[] {
  return Object.entries(figures ?? {}).map(([among, { peoplePerSecond }]) => ({
    name: `people purged a second, ${among}`,
    wanted: `≥ ${PURGED_PER_SECOND}`,
    measured: String(peoplePerSecond),
    isMet: peoplePerSecond >= PURGED_PER_SECOND,
  }));
}

function within(
  name: string,
  summary: Summary | null,
  which: 'p50' | 'p99' | 'max',
  limitMs: number,
): Target {
  const measured = summary?.[which];
  return {
    name,
    wanted: `≤ ${limitMs} ms`,
    measured: measured === undefined ? 'nothing' : `${measured} ms`,
    isMet: measured !== undefined && measured <= limitMs,
  };
}
