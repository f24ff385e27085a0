import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { namespacesOf, startProcesses } from '../system/processes.ts';
import type { Mayfly } from '../system/processes.ts';
import type { Servers } from '../system/servers.ts';
import { checkJournal, documentedDuplicates } from './check-journal.ts';
import type { Journal } from './journal.ts';
import { keepUp } from './keeper.ts';
import { activitiesUnderWay } from './leftovers.ts';
import { linkEverything } from './links.ts';
import { commitFault, partsOf } from './commit-fault.ts';
import type { Stage } from './commit-fault.ts';
import { describeFault } from './plan.ts';
import type { Plan } from './plan.ts';
import { seeded } from './random.ts';
import { recordMayfly } from './recorder.ts';
import { smallDisk } from './small-disk.ts';
import { untilDone } from './until-done.ts';

/** What came of a run. It was good when there are no problems. */
export interface RunReport {
  problems: string[];
  messages: number;
  texts: number;
  lostAnswers: number;
  duplicates: number;
  /** Faults that this machine does not allow to be made. */
  leftOut: string[];
  journal: Journal;
}

/** Once nothing goes wrong any more, everything must be done within this time. */
const DONE_DEADLINE_MS = 90_000;
/** What Meta answered this long before a fault may not be in the database yet when it comes. */
const BEFORE_FAULT_MS = 2_000;
/** How often Meta tells what became of a text, and how long the model takes at most. */
const TOLD_SHARE = 0.85;
const LONGEST_THOUGHT_MS = 900;
const SETTINGS = { TURN_DEADLINE: '30s', EVIDENCE_WAIT: '3s' };

/** Brings up a Mayfly, carries out what the plan says, waits until everything is done, and checks what was seen. */
export async function randomRun(plan: Plan): Promise<RunReport> {
  const disk = await smallDisk();
  let links: Awaited<ReturnType<typeof linkEverything>> | undefined;
  try {
    const mayfly = await startProcesses({
      ...(disk === null ? {} : { folder: disk.folder }),
      environment: SETTINGS,
      between: async (direct) => (links = await linkEverything(direct)).told,
    });
    if (links === undefined) throw new Error('nothing was put in between');
    const recorder = recordMayfly(mayfly, { people: plan.people, ...moods(plan) });
    const keeper = keepUp(Object.values(partsOf(mayfly)));
    try {
      const leftOut = await perform(plan, { mayfly, links: links.links, keeper, recorder, disk });
      await untilDone(mayfly.db, recorder, DONE_DEADLINE_MS);
      recorder.journal.leftovers['activities under way'] = await underWay(mayfly);
      return reportOf(recorder.journal, leftOut);
    } finally {
      recorder.close();
      await keeper.stop();
      await mayfly.close();
    }
  } finally {
    await links?.close();
    disk?.remove();
  }
}

function reportOf(journal: Journal, leftOut: string[]): RunReport {
  return {
    problems: checkJournal(journal),
    messages: new Set(journal.posts.map(({ message }) => message)).size,
    texts: journal.deliveries.length,
    lostAnswers: journal.deliveries.filter(({ isAnswerLost }) => isAnswerLost).length,
    duplicates: documentedDuplicates(journal),
    leftOut,
    journal,
  };
}

async function underWay({ servers }: Mayfly & { servers: Servers }): Promise<number> {
  const connection = await Connection.connect({ address: servers.temporalAddress });
  const namespace = namespacesOf('mayfly').conversations;
  return activitiesUnderWay(new Client({ connection, namespace })).finally(() =>
    connection.close(),
  );
}

/** How talkative Meta is, and how long-winded and slow the model. */
function moods({ seed }: Plan) {
  const random = seeded(seed + 1);
  return {
    tells: () => random.next() < TOLD_SHARE,
    nextReply: () => ({
      words: random.next() < 0.2 ? random.between(150, 400) : random.between(1, 30),
      afterMs: random.between(0, LONGEST_THOUGHT_MS),
    }),
  };
}

/** Everything that is written has been taken by the time this returns. */
async function perform(plan: Plan, stage: Stage): Promise<string[]> {
  const begun = Date.now();
  const until = (at: number) => pause(Math.max(0, begun + at - Date.now()));
  const leftOut: string[] = [];
  const writing = plan.messages.map(async ({ at, author }) => {
    await until(at);
    await stage.recorder.write(author);
  });
  const breaking = plan.faults.map(async (fault) => {
    await until(fault.at);
    const from = Date.now() - BEFORE_FAULT_MS;
    const isDone = await commitFault(fault, stage);
    if (!isDone) leftOut.push(describeFault(fault));
    stage.recorder.journal.disruptions.push({ from, to: Date.now(), what: describeFault(fault) });
  });
  await Promise.all([...writing, ...breaking]);
  return leftOut;
}
