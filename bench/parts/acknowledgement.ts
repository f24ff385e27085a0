import { setTimeout as pause } from 'node:timers/promises';
import { withMayfly } from '../bench.ts';
import type { Bench, Stage } from '../bench.ts';
import { arrive } from '../load/arrivals.ts';
import type { Acknowledged } from '../load/crowd.ts';
import { greetAll } from '../load/lanes.ts';
import { newMessage, newPerson, statusOf } from '../load/people.ts';
import type { Person } from '../load/people.ts';
import { nowMs } from '../measure/clock.ts';
import { watchLoad } from '../measure/machine-facts.ts';
import type { LoadFacts } from '../measure/machine-facts.ts';
import { round, summarise } from '../measure/summary.ts';
import type { Summary } from '../measure/summary.ts';
import type { Mayfly } from '../systems/mayfly.ts';
import type { TakenText } from '../fakes/protocol.ts';

export interface AcknowledgementFigures {
  webhooks: number;
  /** From the moment the webhook was due until its acknowledgement. */
  acknowledgementMs: Summary | null;
  senderLateMs: Summary | null;
  refused: number;
  /** How long after the last webhook every message had its answer; null when that took longer than we waited. */
  secondsUntilAllAnswered: number | null;
  load: LoadFacts;
}

export interface AcknowledgementPart {
  'with Temporal': AcknowledgementFigures;
  /** Null when the server is not ours to stop. */
  'Temporal stopped': AcknowledgementFigures | null;
}

/** One message to three statuses, as Meta sends them; one message in ten is from somebody new. */
const STATUSES_PER_MESSAGE = 3;
const MESSAGES_PER_NEWCOMER = 10;
const MODEL_MS = 300;
const ANSWERED_WITHIN_MS = 120_000;

/** How fast webhooks are acknowledged in a flood, while their conversations are answered, and while Temporal is away. */
export function measureAcknowledgement(bench: Bench): Promise<AcknowledgementPart> {
  return withMayfly(bench, { settings: { COLLECT_QUIET_MS: '0' } }, async (stage) => {
    const known = await meetPeople(bench, stage);
    bench.fakes.set({ modelMs: MODEL_MS, statusesTo: null });
    const usual = await flood(bench, stage, known);
    const withTemporal = { ...usual, secondsUntilAllAnswered: await untilAllAnswered(stage) };
    const { interruption } = stage.system.temporal ?? { interruption: null };
    if (interruption === null) return { 'with Temporal': withTemporal, 'Temporal stopped': null };
    await interruption.stop();
    const alone = await flood(bench, stage, known);
    await interruption.start();
    const stopped = { ...alone, secondsUntilAllAnswered: await untilAllAnswered(stage) };
    return { 'with Temporal': withTemporal, 'Temporal stopped': stopped };
  });
}

interface Known {
  people: Person[];
  texts: TakenText[];
}

/** People with an answered message each, whose delivery the statuses are about. */
async function meetPeople({ plan, fakes }: Bench, { crowd }: Stage): Promise<Known> {
  fakes.set({ modelMs: 0, statusesTo: null });
  const greeted = await greetAll(crowd, plan.acknowledgement.people, 16);
  return {
    people: greeted.map(({ person }) => person),
    texts: greeted.flatMap(({ answer }) => (answer === null ? [] : [answer.text])),
  };
}

async function flood({ plan }: Bench, { crowd }: Stage, known: Known) {
  const { perSecond, seconds } = plan.acknowledgement;
  const loadSince = watchLoad();
  const acknowledged = await arrive(
    { perSecond, seconds },
    (index, dueAt): Promise<Acknowledged> => {
      const text = known.texts[index % known.texts.length];
      if (index % (1 + STATUSES_PER_MESSAGE) !== 0 && text !== undefined) {
        return crowd.send(statusOf(text, index), dueAt);
      }
      const turn = Math.floor(index / (1 + STATUSES_PER_MESSAGE));
      const isNew = turn % MESSAGES_PER_NEWCOMER === 0;
      const person = isNew
        ? newPerson()
        : (known.people[turn % known.people.length] ?? newPerson());
      return crowd.send(newMessage(person).webhook, dueAt);
    },
  );
  return {
    webhooks: acknowledged.length,
    acknowledgementMs: summarise(
      acknowledged.map(({ dueAt, acknowledgedAt }) => acknowledgedAt - dueAt),
    ),
    senderLateMs: summarise(acknowledged.map(({ dueAt, sentAt }) => sentAt - dueAt)),
    refused: acknowledged.filter(({ status }) => status !== 200).length,
    load: loadSince(),
  };
}

async function untilAllAnswered({ system }: Stage<Mayfly>): Promise<number | null> {
  const begun = nowMs();
  while (nowMs() - begun < ANSWERED_WITHIN_MS) {
    const [row] =
      (await system.database?.query(
        'SELECT count(*) AS waiting FROM mayfly.messages WHERE reply_id IS NULL',
      )) ?? [];
    if (Number(row?.['waiting']) === 0) return round((nowMs() - begun) / 1000);
    await pause(200);
  }
  return null;
}
