import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { TurnRequest, WriteResult } from '../../../activities/conversation-activities.ts';
import { TURN_SLACK_MS } from '../../../domain/conversation.ts';
import { deliverReply } from '../../../workflows/lib/deliver-reply.ts';
import type { DeliveryPorts } from '../../../workflows/lib/deliver-reply.ts';
import { activitiesOf } from './activities-of.ts';
import type { Activities } from './activities-of.ts';
import { currentCall } from './current-call.ts';
import type { Call } from './current-call.ts';
import { Killed } from './outside-world.ts';
import type { Somebody, World } from './world.ts';

const SILENT = new DefaultLogger('ERROR', () => undefined);
/** Temporal tries again after this long what died, what timed out, and what the model did not do. */
const AFTER_DEATH_MS = 1_000;
const AFTER_TIMEOUT_MS = 60_000;
const AFTER_FAILURE_MS = 1_000;
/** No scenario lasts this long by the clock that the activities read. */
const TURN_DEADLINE_MS = 600_000;
/** After this many failures of the model the turn's deadline has passed. */
const TRIES = 3;

/**
 * One person's conversation for ever: the loop of workflows/conversation.ts, whose own part is small, around the same
 * activities and the same `deliverReply`. Where the workflow waits, this waits for the scenario.
 */
export function converse(world: World, one: Somebody): void {
  const activities = activitiesOf(world, one);
  const sessionId = randomUUID();
  world.actors.start(async () => {
    for (let turn = 1; ; turn += 1) {
      while (!one.isWoken) await listen(world, one);
      one.isWoken = false;
      const request = { subjectId: one.subjectId ?? '', sessionId, turn };
      const written = await writeWithin(world, one, activities, request);
      if (written.outcome !== 'draft') continue;
      await deliverReply(
        { subjectId: request.subjectId, replyId: written.replyId },
        portsOf(world, one, activities),
        written.sent,
      );
      if (written.more) one.isWoken = true;
    }
  });
}

/** Asks the model until it answers, or the deadline has passed; then honest words take the place of its own. */
async function writeWithin(
  world: World,
  one: Somebody,
  { writeReply, writeFallback }: Activities,
  turn: TurnRequest,
): Promise<WriteResult> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    try {
      return await untilItEnds<WriteResult>(world, one, () =>
        new MockActivityEnvironment(infoOf(turn), { logger: SILENT }).run(writeReply, turn),
      );
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      await world.actors.wait(world.stage.clock.sleep(AFTER_FAILURE_MS));
    }
  }
  one.isHandedOver = true;
  return writeFallback(turn);
}

/** In every third turn too little time is left to begin with the sending, which is then the workflow's. */
function infoOf({ turn }: TurnRequest) {
  return {
    scheduledTimestampMs: Date.now() - (turn % 3 === 0 ? TURN_DEADLINE_MS * 0.6 : 0),
    scheduleToCloseTimeoutMs: TURN_DEADLINE_MS + TURN_SLACK_MS,
  };
}

/** As Temporal does with an activity that dies, or whose time is up: it is run again. */
async function untilItEnds<Result extends object>(
  { actors, stage }: World,
  one: Somebody,
  run: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const givenUp = Promise.withResolvers<'given up'>();
    const call: Call = {
      giveUp: (answer) => {
        one.late.push({ answer, ended });
        givenUp.resolve('given up');
      },
    };
    const ended = currentCall.run(call, run).catch((error: unknown) => {
      if (error instanceof Killed) return 'killed' as const;
      throw error;
    });
    const result = await Promise.race([ended, givenUp.promise]);
    if (typeof result === 'object') return result;
    const afterMs = result === 'killed' ? AFTER_DEATH_MS : AFTER_TIMEOUT_MS;
    await actors.wait(stage.clock.sleep(afterMs));
  }
}

function portsOf(world: World, one: Somebody, activities: Activities): DeliveryPorts {
  const { actors, stage } = world;
  return {
    sleep: (ms) => actors.wait(stage.clock.sleep(ms)),
    news: async (ms) => {
      const endsAt = stage.clock.now() + ms;
      const late = stage.clock.sleep(ms);
      while (!one.hasNews && stage.clock.now() < endsAt) await listen(world, one, late);
      one.hasNews = false;
    },
    deliver: (reply) => untilItEnds(world, one, () => activities.deliver(reply)),
    reconcile: async (reply) => {
      const found = await activities.reconcile(reply);
      if (found.outcome === 'needs human') one.isHandedOver = true;
      return found;
    },
  };
}

/** Waits until their conversation is told something, or until it need not wait any more. */
async function listen(world: World, one: Somebody, orUntil?: Promise<void>): Promise<void> {
  const told = new Promise<void>((resolve) => {
    one.listener = resolve;
  });
  await world.actors.wait(Promise.race(orUntil === undefined ? [told] : [told, orUntil]));
}
