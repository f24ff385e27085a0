import {
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ConversationActivities } from '../activities/conversation-activities.ts';
import type { ConversationInput } from '../domain/conversation.ts';
import { TURN_SLACK_MS, WOKEN_SIGNAL } from '../domain/conversation.ts';
import { HEARTBEAT_TIMEOUT, UNTIL_IT_WORKS } from './lib/activity-options.ts';
import { IdleClock } from './lib/idle-clock.ts';
import { isInterrupted, isModelFailure } from './lib/model-failure.ts';
import { openDelivery } from './lib/open-delivery.ts';

const woken = defineSignal(WOKEN_SIGNAL);

const { writeFallback } = proxyActivities<ConversationActivities>({
  startToCloseTimeout: '30 seconds',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: UNTIL_IT_WORKS,
});

/**
 * One person's conversation on one business account. One run, with its continue-as-new chain, is one session:
 * it ends after a time of silence, and the next message starts another that knows nothing of this one (policy U2).
 */
export async function conversation(input: ConversationInput): Promise<'session ended'> {
  const sessionId = workflowInfo().firstExecutionRunId;
  const idle = new IdleClock(input.sessionIdleMs);
  let isWoken = input.turnsTaken === 0;
  let turns = 0;
  setHandler(woken, () => {
    isWoken = true;
  });
  const send = openDelivery();
  void idle.run();

  for (;;) {
    await condition(() => isWoken || idle.hasPassed);
    if (!isWoken) return 'session ended';
    isWoken = false;
    turns += 1;
    const turn = { subjectId: input.subjectId, sessionId, turn: input.turnsTaken + turns };
    if (await takeTurn(input, turn, send)) isWoken = true;
    idle.touch();
    // A wake that came meanwhile is answered first, so that no signal is lost between two runs.
    if (!isWoken && workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof conversation>({ ...input, turnsTaken: input.turnsTaken + turns });
    }
  }
}

interface Turn {
  subjectId: string;
  sessionId: string;
  turn: number;
}

/**
 * Reads what waits, writes one answer to all of it, and sends it; silence is never the answer to a broken model.
 * Returns whether messages are left for the next turn.
 */
async function takeTurn(
  { turnDeadlineMs }: ConversationInput,
  turn: Turn,
  send: ReturnType<typeof openDelivery>,
): Promise<boolean> {
  const written = await writeWithin(turnDeadlineMs, turn);
  if (written.outcome !== 'draft') return false;
  await send({ subjectId: turn.subjectId, replyId: written.replyId }, written.sent);
  return written.more;
}

async function writeWithin(deadlineMs: number, turn: Turn) {
  const { writeReply } = proxyActivities<ConversationActivities>({
    scheduleToCloseTimeout: deadlineMs + TURN_SLACK_MS,
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    retry: {
      ...UNTIL_IT_WORKS,
      initialInterval: '250 milliseconds',
      maximumInterval: '10 seconds',
    },
  });
  try {
    return await writeReply(turn);
  } catch (error) {
    if (isModelFailure(error)) return writeFallback(turn);
    if (!isInterrupted(error)) throw error;
  }
  // Time that passed while our own processes were down is not the model's: the turn starts afresh, once.
  try {
    return await writeReply(turn);
  } catch (error) {
    if (isModelFailure(error) || isInterrupted(error)) return writeFallback(turn);
    throw error;
  }
}
