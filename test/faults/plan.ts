import { CHANNELS } from '../../domain/channels.ts';
import { seeded } from './random.ts';
import type { Random } from './random.ts';
import { person } from './recorder.ts';
import type { Person } from './recorder.ts';

export const PARTS = ['api', 'worker', 'temporal', 'postgres'] as const;
export type PartName = (typeof PARTS)[number];
export const LINKS = [
  'api to postgres',
  'api to temporal',
  'worker to postgres',
  'worker to temporal',
  'worker to meta',
  'worker to model',
] as const;
export type LinkName = (typeof LINKS)[number];

/** What goes wrong, and for how long. `stop` is SIGTERM, `freeze` SIGSTOP. */
export type Fault =
  | { kind: 'kill' | 'stop'; part: PartName; forMs: number }
  | { kind: 'freeze'; part: Exclude<PartName, 'postgres'>; forMs: number }
  | { kind: 'cut' | 'hold'; link: LinkName; forMs: number }
  | { kind: 'lose an answer of Meta'; forMs: number }
  | {
      kind: 'break the model';
      how: 'reset' | 'cut body' | 'not json' | 'unavailable';
      forMs: number;
    }
  | { kind: 'fill the disk'; forMs: number };

/** One run, as its seed has it: who writes when, and what goes wrong when. Times are milliseconds from its start. */
export interface Plan {
  seed: number;
  people: Person[];
  messages: { at: number; author: Person }[];
  faults: (Fault & { at: number })[];
}

const PEOPLE_PER_CHANNEL = 3;
/** How often somebody writes, on average. */
const MESSAGE_EVERY_MS = 500;
const PLAN_MS = 20_000;

/**
 * Every kind of fault at least once, in an order and for times of the seed's own. After `lastsMs` nothing new goes wrong,
 * and nobody writes any more.
 */
export function planOf(seed: number, lastsMs = PLAN_MS): Plan {
  const random = seeded(seed);
  const people = CHANNELS.flatMap((channel) =>
    Array.from({ length: PEOPLE_PER_CHANNEL }, (_, number) => person(channel, number)),
  );
  return {
    seed,
    people,
    messages: messagesOf(random, people, lastsMs),
    // Two things may go wrong at once: one with a process, and one with what lies between them.
    faults: [
      ...spread(random, processFaults(random), lastsMs),
      ...spread(random, linkFaults(random), lastsMs),
    ].toSorted((a, b) => a.at - b.at),
  };
}

/** One line for everything that will happen. */
export function describePlan({ seed, messages, faults }: Plan): string[] {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`.padStart(8);
  const lines = [
    ...messages.map(({ at, author }) => ({ at, line: `${author.name} writes` })),
    ...faults.map((fault) => ({ at: fault.at, line: describeFault(fault) })),
  ];
  return [
    `seed ${seed}`,
    ...lines.toSorted((a, b) => a.at - b.at).map(({ at, line }) => `${seconds(at)}  ${line}`),
  ];
}

export function describeFault(fault: Fault): string {
  const duration = fault.forMs === 0 ? '' : `, for ${fault.forMs} ms`;
  if ('part' in fault) return `${fault.kind} ${fault.part}${duration}`;
  if ('link' in fault) return `${fault.kind} ${fault.link}${duration}`;
  return `${fault.kind}${'how' in fault ? `: ${fault.how}` : ''}${duration}`;
}

/** Some write once in a while, some several times in a row. */
function messagesOf(random: Random, people: readonly Person[], lastsMs: number): Plan['messages'] {
  const messages: Plan['messages'] = [];
  while (messages.length < lastsMs / MESSAGE_EVERY_MS) {
    const author = random.oneOf(people as [Person, ...Person[]]);
    let at = random.between(0, lastsMs);
    for (let more = random.between(1, 4); more > 0; more -= 1) {
      messages.push({ at, author });
      at += random.between(20, 700);
    }
  }
  return messages.toSorted((a, b) => a.at - b.at);
}

function processFaults(random: Random): Fault[] {
  const forMs = () => random.between(0, 1_500);
  return random.shuffled<Fault>([
    ...PARTS.map((part) => ({ kind: 'kill', part, forMs: forMs() }) as const),
    { kind: 'stop', part: random.oneOf(PARTS), forMs: forMs() },
    { kind: 'freeze', part: random.oneOf(['api', 'worker', 'temporal']), forMs: forMs() },
    { kind: 'fill the disk', forMs: forMs() },
  ]);
}

function linkFaults(random: Random): Fault[] {
  const forMs = () => random.between(0, 1_500);
  const brokenModel = (how: (Fault & { kind: 'break the model' })['how']) =>
    ({ kind: 'break the model', how, forMs: 0 }) as const;
  return random.shuffled<Fault>([
    { kind: 'cut', link: random.oneOf(LINKS), forMs: forMs() },
    { kind: 'cut', link: random.oneOf(LINKS), forMs: forMs() },
    { kind: 'hold', link: random.oneOf(LINKS), forMs: forMs() },
    { kind: 'lose an answer of Meta', forMs: 0 },
    { kind: 'lose an answer of Meta', forMs: 0 },
    brokenModel(random.oneOf(['reset', 'cut body'])),
    brokenModel(random.oneOf(['not json', 'unavailable'])),
  ]);
}

function spread(random: Random, faults: readonly Fault[], lastsMs: number): Plan['faults'] {
  const share = lastsMs / faults.length;
  return faults.map((fault, index) => ({
    ...fault,
    at: Math.round(share * (index + random.next() * 0.8)),
  }));
}
