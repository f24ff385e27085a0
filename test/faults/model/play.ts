import { CHANNELS } from '../../../domain/channels.ts';
import { converse } from './converse.ts';
import type { Scenario, Step } from './scenario.ts';
import type { ModelStage } from './stage.ts';
import { unfinished } from './unfinished.ts';
import { createWorld, giveNews, repeat, showAll, showStatus, stop, wake, write } from './world.ts';
import type { Somebody, World } from './world.ts';

/** After this many moments at which somebody had something to do, nothing will ever come to an end. */
const MOST_MOMENTS = 300;
const MINUTE_MS = 60_000;

/** Plays a scenario, and lets everything that it began come to its end. */
export async function play(stage: ModelStage, scenario: Scenario): Promise<World> {
  stage.clock.forgetSleepers();
  // Each begins with a whole minute, so that it goes the same way every time.
  await stage.clock.moveTo(Math.ceil(stage.clock.now() / MINUTE_MS + 1) * MINUTE_MS);
  const world = createWorld(stage, scenario);
  for (const channel of CHANNELS) converse(world, world.people[channel]);
  for (const step of scenario.steps) {
    await take(world, step);
    await world.actors.allWait();
  }
  await finish(world);
  return world;
}

async function take(world: World, step: Step): Promise<void> {
  const one = world.people[step.channel];
  switch (step.step) {
    case 'writes':
      return write(world, one);
    case 'writes unheard':
      return write(world, one, false);
    case 'repeats':
      return repeat(world, one);
    case 'stops':
      return stop(world, one);
    case 'gets late answers':
      return answerLate(world, one);
    case 'waits':
      return passTime(world, step.ms);
    case 'is told': {
      const untold = one.copies.flatMap((copy) => copy.untold.map((_, index) => ({ copy, index })));
      const chosen = untold[step.which % Math.max(1, untold.length)];
      if (chosen !== undefined) await showStatus(world, one, { ...chosen, times: step.times });
    }
  }
}

/** Every sleeper whose time comes on the way wakes at that time. */
async function passTime({ stage: { clock }, actors }: World, ms: number): Promise<void> {
  const end = clock.now() + ms;
  for (let next = clock.nextWake(); next !== null && next <= end; next = clock.nextWake()) {
    await clock.moveTo(next);
    await actors.allWait();
  }
  await clock.moveTo(end);
}

/** Calls that were given up end after all, and go on with what they were doing. */
async function answerLate({ actors }: World, one: Somebody): Promise<void> {
  for (const { answer, ended } of one.late.splice(0)) {
    answer();
    actors.start(() => ended);
    await actors.allWait();
  }
}

/**
 * Meta tells all that it has to tell, the sweep finds those who were not woken, and time passes until nobody has
 * anything to do.
 */
async function finish(world: World): Promise<void> {
  const { stage, actors } = world;
  for (let moment = 0; moment < MOST_MOMENTS; moment += 1) {
    for (const one of Object.values(world.people)) {
      await answerLate(world, one);
      await showAll(world, one);
    }
    await actors.allWait();
    const work = await unfinished(world);
    world.journal.leftovers = work.leftovers;
    for (const one of work.toWake) wake(one);
    for (const one of work.toTell) giveNews(one);
    await actors.allWait();
    const next = stage.clock.nextWake();
    if (next === null && work.toWake.length === 0) return;
    if (
      Object.values(work.leftovers).every((count) => count === 0) &&
      world.people.whatsapp.late.length + world.people.instagram.late.length === 0
    )
      return;
    if (next !== null) await stage.clock.moveTo(next);
    await actors.allWait();
  }
}
