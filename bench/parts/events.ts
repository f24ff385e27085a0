import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { withMayfly, withUsualTemporal } from '../bench.ts';
import type { Bench, Stage } from '../bench.ts';
import { greetAll } from '../load/lanes.ts';
import { newMessage, statusOf } from '../load/people.ts';
import { round } from '../measure/summary.ts';

/** History events of one conversation, on average. */
export interface EventFigures {
  firstTurn: number;
  turn: number;
  burstOfFive: number;
  threeStatuses: number;
}

export interface EventsPart {
  mayfly: EventFigures;
  'usual Temporal': EventFigures;
}

/** Time between the messages of a burst. */
const TYPING_MS = 250;
const SETTLED_MS = 1_000;

/** What a turn, a burst and statuses add to the histories in Temporal; Mayfly with its usual quiet window. */
export async function measureEvents(bench: Bench): Promise<EventsPart> {
  return {
    mayfly: await withMayfly(bench, {}, (stage) => eventsOf(bench, stage, 'conversation')),
    'usual Temporal': await withUsualTemporal(bench, (stage) => eventsOf(bench, stage, 'chat')),
  };
}

async function eventsOf(
  { plan, fakes }: Bench,
  { system, crowd }: Stage,
  workflowType: string,
): Promise<EventFigures> {
  fakes.set({ modelMs: 100, statusesTo: null });
  const { people: count } = plan.events;
  const { address = '', namespaces } = system.temporal ?? {};
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace: namespaces?.conversations ?? '' });
  let before = 0;
  const added = async () => {
    const total = await settledEvents(client, workflowType, count);
    const each = round((total - before) / count, 2);
    before = total;
    return each;
  };
  try {
    const greeted = await greetAll(crowd, count, count);
    const people = greeted.map(({ person }) => person);
    const firstTurn = await added();
    const asked = await Promise.all(people.map((person) => crowd.ask(person)));
    const turn = await added();
    await Promise.all(
      people.map(async (person) => {
        for (let written = 1; written < 5; written += 1) {
          await crowd.send(newMessage(person).webhook);
          await pause(TYPING_MS);
        }
        await crowd.ask(person);
      }),
    );
    const burstOfFive = await added();
    const texts = asked.flatMap(({ answer }) => (answer === null ? [] : [answer.text]));
    await Promise.all(
      texts.flatMap((text) => [0, 1, 2].map((index) => crowd.send(statusOf(text, index)))),
    );
    return { firstTurn, turn, burstOfFive, threeStatuses: await added() };
  } finally {
    await connection.close();
  }
}

/** The events of all conversations together, once they have stopped growing. */
async function settledEvents(client: Client, workflowType: string, count: number): Promise<number> {
  let last = -1;
  for (;;) {
    await pause(SETTLED_MS);
    const ids: string[] = [];
    for await (const { workflowId } of client.workflow.list({
      query: `WorkflowType = '${workflowType}'`,
    })) {
      ids.push(workflowId);
    }
    const lengths = await Promise.all(
      ids.map(async (id) => (await client.workflow.getHandle(id).describe()).historyLength),
    );
    const total = lengths.reduce((sum, length) => sum + length, 0);
    if (ids.length >= count && total === last) return total;
    last = total;
  }
}
