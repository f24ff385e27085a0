import { setTimeout as pause } from 'node:timers/promises';
import { withMayfly } from '../bench.ts';
import type { Bench, Stage } from '../bench.ts';
import type { Asked } from '../load/crowd.ts';
import { greetAll } from '../load/lanes.ts';
import { nowMs } from '../measure/clock.ts';
import { round, summarise } from '../measure/summary.ts';
import type { Summary } from '../measure/summary.ts';
import type { Mayfly } from '../systems/mayfly.ts';

/** All from the moment of the kill. */
export interface RecoveryFigures {
  workerBackMs: number;
  /** Answers to people whose turn was under way. */
  midTurnMs: Summary | null;
  /** Answers to people in the middle of a conversation, who wrote while no worker ran. */
  meanwhileMs: Summary | null;
  /** Answers to people who began a conversation in that time. */
  newcomerMs: Summary | null;
  unanswered: number;
  unexpected: number;
}

const MODEL_MS = 300;
const INTO_THE_TURN_MS = 150;
const MEANWHILE_MS = 300;

/** How soon answers come again after the worker was killed and started again at once, as a supervisor does. */
export function measureRecovery(bench: Bench): Promise<RecoveryFigures> {
  return withMayfly(bench, { settings: { COLLECT_QUIET_MS: '0' } }, (stage) =>
    recoveryOf(bench, stage),
  );
}

async function recoveryOf(
  { plan, fakes }: Bench,
  { system, crowd }: Stage<Mayfly>,
): Promise<RecoveryFigures> {
  const { people: count } = plan.recovery;
  fakes.set({ modelMs: MODEL_MS, statusesTo: null });
  const people = (await greetAll(crowd, 2 * count, 2 * count)).map(({ person }) => person);
  // What follows the last answer has time to be recorded.
  await pause(1_000);

  const midTurn = people.slice(0, count).map((person) => crowd.ask(person));
  await pause(INTO_THE_TURN_MS);
  system.worker().signal('SIGKILL');
  const killedAt = nowMs();
  await system.worker().exited;
  const restarting = system.startWorker();
  // A message written at the very moment of the kill may still be handed to the dead worker: a race that is not
  // measured here.
  await pause(MEANWHILE_MS);
  const meanwhile = people.slice(count).map((person) => crowd.ask(person));
  const newcomers = greetAll(crowd, count, count);
  await restarting;
  const workerBackMs = round(nowMs() - killedAt);
  const [under, written, greeted] = await Promise.all([
    Promise.all(midTurn),
    Promise.all(meanwhile),
    newcomers,
  ]);
  const since = (asked: readonly Asked[]) =>
    summarise(asked.flatMap(({ answer }) => (answer === null ? [] : [answer.at - killedAt])));
  return {
    workerBackMs,
    midTurnMs: since(under),
    meanwhileMs: since(written),
    newcomerMs: since(greeted),
    unanswered: [...under, ...written, ...greeted].filter(({ answer }) => answer === null).length,
    unexpected: crowd.unexpected(),
  };
}
