import { withEachSystem } from '../bench.ts';
import type { Bench, Stage } from '../bench.ts';
import { arrive } from '../load/arrivals.ts';
import type { Asked } from '../load/crowd.ts';
import { newPerson } from '../load/people.ts';
import type { Person } from '../load/people.ts';
import { summarise } from '../measure/summary.ts';
import type { Summary } from '../measure/summary.ts';
import type { SystemName } from '../systems/system.ts';

export interface LatencyFigures {
  /** From the moment the webhook was due until Meta was handed the answer, without the model's own time. */
  addedMs: Summary | null;
  /** The same of turns that begin a session, and of those that go on with one. */
  addedMsOfFirst: Summary | null;
  addedMsOfOthers: Summary | null;
  /** The two parts of it: until the model was asked, and from its answer until Meta was handed that. */
  beforeModelMs: Summary | null;
  afterModelMs: Summary | null;
  acknowledgementMs: Summary | null;
  /** How late the load's own process sent; part of all the times above. */
  senderLateMs: Summary | null;
  unanswered: number;
  unexpected: number;
}

/** What is added to a slow model at a steady rate of turns, by people in the middle of their conversations. */
export function measureLatency(bench: Bench): Promise<Record<SystemName, LatencyFigures>> {
  return withEachSystem(bench, (stage) => latencyOf(bench, stage));
}

async function latencyOf(
  { plan, fakes }: Bench,
  { system, crowd }: Stage,
): Promise<LatencyFigures> {
  const { warmUpSeconds, seconds, perSecond, modelMs } = plan.latency;
  fakes.set({ modelMs, statusesTo: system.webhookUrl });
  const cast = createCast(plan.latency);
  const turn = async (_index: number, dueAt: number) => {
    const { person, isFirst } = cast.next();
    return { ...(await crowd.ask(person, dueAt)), isFirst };
  };
  await arrive({ perSecond, seconds: warmUpSeconds }, turn);
  const asked = await arrive({ perSecond, seconds }, turn);
  const added = (some: readonly Asked[]) =>
    summarise(partsOf(some).map(([before, after]) => before + after));
  const parts = partsOf(asked);
  return {
    addedMs: added(asked),
    addedMsOfFirst: added(asked.filter(({ isFirst }) => isFirst)),
    addedMsOfOthers: added(asked.filter(({ isFirst }) => !isFirst)),
    beforeModelMs: summarise(parts.map(([before]) => before)),
    afterModelMs: summarise(parts.map(([, after]) => after)),
    acknowledgementMs: summarise(asked.map(({ dueAt, acknowledgedAt }) => acknowledgedAt - dueAt)),
    senderLateMs: summarise(asked.map(({ dueAt, sentAt }) => sentAt - dueAt)),
    unanswered: asked.filter(({ answer }) => answer === null).length,
    unexpected: crowd.unexpected(),
  };
}

/** How long each answered message waited, before the model's own time and after it. */
function partsOf(asked: readonly Asked[]): [before: number, after: number][] {
  return asked.flatMap(({ dueAt, answer }) => {
    const call = answer?.model;
    return call ? [[call.askedAt - dueAt, answer.at - call.answeredAt]] : [];
  });
}

/** People who take turns in writing. At any time the same share of them is new. */
function createCast({ people, turnsEach }: { people: number; turnsEach: number }) {
  const cast: { person: Person; turnsLeft: number }[] = [];
  let turns = 0;
  return {
    next: (): { person: Person; isFirst: boolean } => {
      const place = turns % people;
      // The first ones leave after fewer turns, so that they are not all replaced at once.
      const stay = turns < people ? 1 + (place % turnsEach) : turnsEach;
      turns += 1;
      const known = cast[place];
      if (known !== undefined && known.turnsLeft > 0) {
        known.turnsLeft -= 1;
        return { person: known.person, isFirst: false };
      }
      const person = newPerson();
      cast[place] = { person, turnsLeft: stay - 1 };
      return { person, isFirst: true };
    },
  };
}
