import { CHANNELS } from '../../domain/channels.ts';
import type { Channel } from '../../domain/channels.ts';
import { FAIL_POINTS } from '../../lib/fail-point.ts';
import type { FailPoint } from '../../lib/fail-point.ts';
import { goneWithin } from '../system/controlled-process.ts';
import { namespacesOf, startMayfly } from '../system/processes.ts';
import type { Mayfly } from '../system/processes.ts';
import { startServers } from '../system/servers.ts';
import { checkJournal, documentedDuplicates } from './check-journal.ts';
import type { Journal } from './journal.ts';
import { person, recordMayfly } from './recorder.ts';
import { untilDone } from './until-done.ts';

interface Case {
  point: FailPoint;
  channel: Channel;
  /** At which pass of the point; the first unless told. */
  pass?: number;
  /** What Meta shows of a text that it sent: it tells of it by itself, unless told otherwise. */
  meta?: 'only shows the thread' | 'shows nothing';
}

/** These stand in the api, all others in the worker. */
const IN_API: readonly FailPoint[] = [
  'before commit',
  'after commit',
  'before signal',
  'after signal',
];
/** A process that is killed here has sent a text and does not know it. */
const SENT_UNAWARES: readonly FailPoint[] = ['after send', 'before accept'];

const ONCE: Case[] = FAIL_POINTS.flatMap((point) =>
  CHANNELS.map((channel) => ({ point, channel })),
);
const EVIDENCE: Case[] = CHANNELS.flatMap((channel) =>
  (['before commit', 'after commit'] as const).map((point) => ({ point, channel, pass: 2 })),
);
const BY_THE_THREAD: Case[] = SENT_UNAWARES.map((point) => ({
  point,
  channel: 'instagram',
  meta: 'only shows the thread',
}));
const UNSEEN: Case[] = SENT_UNAWARES.flatMap((point) =>
  CHANNELS.map((channel) => ({ point, channel, meta: 'shows nothing' })),
);
const CASES = [...ONCE, ...EVIDENCE, ...BY_THE_THREAD, ...UNSEEN];

/** Most of its time a case waits for somebody to notice, so several installations share the machine. */
const LANES = Array.from({ length: 6 }, (_, number) => `lane${number}`);
const SETTINGS = { TURN_DEADLINE: '20s', EVIDENCE_WAIT: '2s', MAYFLY_FAIL_POINT: 'told' };

const servers = await startServers({
  namespaces: LANES.flatMap((lane) => Object.values(namespacesOf(lane))),
});
const mayflies: Mayfly[] = [];
const outcomes = new Map(CASES.map((one) => [one, Promise.withResolvers<Journal>()]));
for (const { promise } of outcomes.values()) promise.catch(() => undefined);
const running = Promise.all(LANES.map((lane, number) => runLane(lane, number)));
running.catch(() => undefined);

afterAll(async () => {
  await Promise.allSettled([running]);
  await Promise.all(mayflies.map((mayfly) => mayfly.close()));
  await servers.close();
});

/** The lanes share the cases in turn. */
async function runLane(name: string, number: number): Promise<void> {
  const mayfly = await startMayfly({ servers, name, environment: SETTINGS });
  mayflies.push(mayfly);
  for (let index = number; index < CASES.length; index += LANES.length) {
    const one = CASES[index] as Case;
    await journalOf(mayfly, one, index).then(outcomes.get(one)?.resolve, outcomes.get(one)?.reject);
  }
}

/** Tells the process where to die, lets somebody write until it has, starts it again, and waits until all is done. */
async function journalOf(
  mayfly: Mayfly,
  { point, channel, pass = 1, meta }: Case,
  number: number,
): Promise<Journal> {
  const victim = IN_API.includes(point) ? mayfly.api : mayfly.worker;
  const author = person(channel, number);
  const recorder = recordMayfly(mayfly, { people: [author], tells: () => meta === undefined });
  if (meta === 'shows nothing') mayfly.meta.planThread('lags', 'lags', 'lags', 'lags');
  expect(await victim.ask(`${point}:${pass}`)).toBe('armed');
  const writing = recorder.write(author);
  const exit = await goneWithin(victim, 30_000);
  if (exit.signal !== 'SIGKILL')
    throw new Error(`${victim.name} was not killed ${point}: it ended with ${exit.code}`);
  if (SENT_UNAWARES.includes(point)) {
    recorder.journal.disruptions.push({ from: 0, to: Date.now(), what: `killed ${point}` });
  }
  await victim.start();
  await writing;
  await untilDone(mayfly.db, recorder);
  recorder.close();
  mayfly.meta.forgetPlans();
  return recorder.journal;
}

async function outcomeOf(
  one: Case,
): Promise<{ problems: string[]; texts: number; duplicates: number }> {
  // A lane that cannot start fails its cases here rather than at their time limit.
  const journal = await Promise.race([
    outcomes.get(one)?.promise,
    running.then(() => outcomes.get(one)?.promise),
  ]);
  if (journal === undefined) throw new Error('this case was not run');
  return {
    problems: checkJournal(journal),
    texts: journal.deliveries.length,
    duplicates: documentedDuplicates(journal),
  };
}

const WHOLE = 300_000;

test.each(ONCE)(
  'killed $point on $channel: answered once',
  async (one) => {
    expect(await outcomeOf(one)).toEqual({ problems: [], texts: 1, duplicates: 0 });
  },
  WHOLE,
);

test.each(EVIDENCE)(
  'killed $point of what Meta tells of the answer on $channel: answered once',
  async (one) => {
    expect(await outcomeOf(one)).toEqual({ problems: [], texts: 1, duplicates: 0 });
  },
  WHOLE,
);

test.each(BY_THE_THREAD)(
  'killed $point on $channel, where only the thread shows the answer: answered once',
  async (one) => {
    expect(await outcomeOf(one)).toEqual({ problems: [], texts: 1, duplicates: 0 });
  },
  WHOLE,
);

test.each(UNSEEN)(
  'killed $point on $channel, and Meta shows nothing: one documented duplicate',
  async (one) => {
    expect(await outcomeOf(one)).toEqual({ problems: [], texts: 2, duplicates: 1 });
  },
  WHOLE,
);
