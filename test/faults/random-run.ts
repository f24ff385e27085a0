import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { ControlledProcess } from '../system/controlled-process.ts';
import { namespacesOf, startProcesses } from '../system/processes.ts';
import type { Mayfly } from '../system/processes.ts';
import type { Servers } from '../system/servers.ts';
import { checkJournal, documentedDuplicates } from './check-journal.ts';
import { keepUp } from './keeper.ts';
import type { Keeper } from './keeper.ts';
import { activitiesUnderWay } from './leftovers.ts';
import { linkEverything } from './links.ts';
import type { Links } from './links.ts';
import { describeFault } from './plan.ts';
import type { Fault, PartName, Plan } from './plan.ts';
import { seeded } from './random.ts';
import { recordMayfly } from './recorder.ts';
import type { Recorder } from './recorder.ts';
import { smallDisk } from './small-disk.ts';
import type { SmallDisk } from './small-disk.ts';
import { untilDone } from './until-done.ts';

/** What came of a run. It was good when there are no problems. */
export interface RunReport {
  problems: string[];
  messages: number;
  texts: number;
  duplicates: number;
  /** Faults that this machine does not allow to be made. */
  leftOut: string[];
}

interface Stage {
  mayfly: Mayfly & { servers: Servers };
  links: Links;
  keeper: Keeper;
  recorder: Recorder;
  disk: SmallDisk | null;
}

/** Once nothing goes wrong any more, everything must be done within this time. */
const DONE_DEADLINE_MS = 90_000;
/** What Meta answered this long before a fault may not be in the database yet when it comes. */
const BEFORE_FAULT_MS = 2_000;
/** How often Meta tells what became of a text, and how long the model takes at most. */
const TOLD_SHARE = 0.85;
const LONGEST_THOUGHT_MS = 900;

/** Brings up a Mayfly, lets happen what the plan says, waits until everything is done, and checks what was seen. */
export async function randomRun(plan: Plan): Promise<RunReport> {
  const disk = smallDisk();
  let links: Awaited<ReturnType<typeof linkEverything>> | undefined;
  const mayfly = await startProcesses({
    ...(disk === null ? {} : { folder: disk.folder }),
    environment: { TURN_DEADLINE: '30s', EVIDENCE_WAIT: '3s' },
    between: async (direct) => (links = await linkEverything(direct)).told,
  });
  if (links === undefined) throw new Error('nothing was put in between');
  const recorder = recordMayfly(mayfly, { people: plan.people, ...moods(plan) });
  const keeper = keepUp(Object.values(partsOf(mayfly)));
  try {
    const leftOut = await perform(plan, { mayfly, links: links.links, keeper, recorder, disk });
    await untilDone(mayfly.db, recorder, DONE_DEADLINE_MS);
    recorder.journal.leftovers['activities under way'] = await underWay(mayfly);
    const { posts, deliveries } = recorder.journal;
    if (checkJournal(recorder.journal).length > 0) {
      const fs = await import('node:fs');
      fs.rmSync('/tmp/fx/dump', { recursive: true, force: true });
      fs.mkdirSync('/tmp/fx/dump');
      fs.writeFileSync('/tmp/fx/dump/journal.json', JSON.stringify(recorder.journal, null, 1));
      fs.writeFileSync(
        '/tmp/fx/dump/deliveries.json',
        JSON.stringify(
          {
            d: await mayfly.db
              .selectFrom('mayfly.deliveries')
              .select([
                'id',
                'subject_id',
                'reply_id',
                'part',
                'state',
                'attempt',
                'status',
                'problem',
                'error_code',
                'created_at',
                'settled_at',
              ])
              .execute(),
            r: await mayfly.db.selectFrom('mayfly.replies').selectAll().execute(),
            s: await mayfly.db.selectFrom('mayfly.subjects').selectAll().execute(),
            m: await mayfly.db
              .selectFrom('mayfly.messages')
              .select(['id', 'subject_id', 'reply_id', 'kind', 'sent_at', 'received_at'])
              .execute(),
          },
          null,
          1,
        ),
      );
      fs.cpSync(mayfly.servers.folder + '/logs', '/tmp/fx/dump/logs', { recursive: true });
      fs.copyFileSync(mayfly.servers.folder + '/postgres.log', '/tmp/fx/dump/logs/postgres.log');
      if (process.env['HOLD']) {
        console.log('holding', mayfly.servers.temporalAddress);
        await pause(600000);
      }
    }
    return {
      problems: checkJournal(recorder.journal),
      messages: new Set(posts.map(({ message }) => message)).size,
      texts: deliveries.length,
      duplicates: documentedDuplicates(recorder.journal),
      leftOut,
    };
  } finally {
    recorder.close();
    await keeper.stop();
    await mayfly.close();
    await links.close();
    disk?.remove();
  }
}

async function underWay({ servers }: Stage['mayfly']): Promise<number> {
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

function partsOf({ api, worker, servers }: Stage['mayfly']): Record<PartName, ControlledProcess> {
  return { api, worker, temporal: servers.temporal, postgres: servers.postgres };
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
    const isDone = await commit(fault, stage);
    if (!isDone) leftOut.push(describeFault(fault));
    stage.recorder.journal.disruptions.push({ from, to: Date.now(), what: describeFault(fault) });
  });
  await Promise.all([...writing, ...breaking]);
  return leftOut;
}

/** Makes one thing go wrong, for as long as it shall. False when that cannot be done here. */
async function commit(
  fault: Fault,
  { mayfly, links, keeper, recorder, disk }: Stage,
): Promise<boolean> {
  switch (fault.kind) {
    case 'kill':
    case 'stop': {
      const part = partsOf(mayfly)[fault.part];
      await keeper.without(part, async () => {
        await part[fault.kind]();
        await pause(fault.forMs);
      });
      return true;
    }
    case 'freeze':
      partsOf(mayfly)[fault.part].freeze();
      await pause(fault.forMs);
      partsOf(mayfly)[fault.part].thaw();
      return true;
    case 'cut':
    case 'hold':
      links[fault.link][fault.kind]();
      await pause(fault.forMs);
      links[fault.link].mend();
      return true;
    case 'lose an answer of Meta':
      links['worker to meta'].loseAnswer(/"message_id"|"messages":\[/, (answer) =>
        markLost(recorder, answer),
      );
      return true;
    case 'break the model':
      mayfly.model.plan(fault.how === 'unavailable' ? { status: 503 } : fault.how);
      return true;
    case 'fill the disk':
      disk?.fill();
      await pause(fault.forMs);
      disk?.free();
      return disk !== null;
  }
}

function markLost({ deliveryOf }: Recorder, answer: string): void {
  const providerId = /"(?:message_id|id)":"([^"]+)"/.exec(answer)?.[1] ?? '';
  const delivery = deliveryOf(providerId);
  if (delivery === undefined) throw new Error('an answer was lost that Meta never gave');
  delivery.isAnswerLost = true;
}
