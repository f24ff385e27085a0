import type { Client } from '@temporalio/client';
import { createAskModel } from '../activities/ask-model.ts';
import type { ConversationActivities } from '../activities/conversation-activities.ts';
import { createDailyBudget } from '../activities/daily-budget.ts';
import { createDeliver } from '../activities/deliver.ts';
import { createDeliveryCounts } from '../activities/delivery-counts.ts';
import { EVIDENCE_WAITS, evenWaits } from '../activities/evidence-waits.ts';
import { createLookInThread } from '../activities/look-in-thread.ts';
import { createOfferDeletion } from '../activities/offer-deletion.ts';
import type { OwnWords } from '../activities/own-words.ts';
import { createReconcile } from '../activities/reconcile.ts';
import { createShowReading } from '../activities/show-reading.ts';
import { createSweepActivities } from '../activities/sweep-activities.ts';
import type { SweepActivities } from '../activities/sweep-activities.ts';
import { createTellOfSilence } from '../activities/tell-of-silence.ts';
import { createTendWaitingReplies } from '../activities/tend-waiting-replies.ts';
import { createNoticeRepetition } from '../activities/notice-repetition.ts';
import { createWriteFallback, createWriteReply } from '../activities/write-reply.ts';
import type { WriteReplyDeps } from '../activities/write-reply.ts';
import { TURN_SLACK_MS } from '../domain/conversation.ts';
import type { Assistant } from '../lib/assistant/load-assistant.ts';
import type { FileKeyRing } from '../lib/crypto/file-key-ring.ts';
import { CodeHash } from '../lib/crypto/request-codes.ts';
import { createReplyModel } from '../lib/llm/create-reply-model.ts';
import { guardModel } from '../lib/llm/model-breaker.ts';
import type { ReplyModel } from '../lib/llm/reply-model.ts';
import type { Log } from '../lib/log.ts';
import type { GraphClient } from '../lib/meta/graph-client.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Database } from '../store/database.ts';
import type { People } from '../store/people/people.ts';
import { PERSON_WAITS_MS } from '../lib/temporal/ask-within.ts';
import { createPrivacyRequests } from '../lib/temporal/privacy-requests.ts';
import { createTellConversation } from '../lib/temporal/tell-conversation.ts';
import { createWakeConversation } from '../lib/temporal/wake-conversation.ts';
import type { WorkerSettings } from './worker-settings.ts';

/** What the activities of the conversations namespace are made of. */
export interface ConversationParts {
  db: Database;
  people: People;
  ring: FileKeyRing;
  graph: GraphClient;
  assistant: Assistant;
  words: OwnWords;
  conversations: Client;
  privacy: Client;
  metrics: Metrics;
  log: Log;
  settings: WorkerSettings;
}

const MODEL_TIMEOUT_MS = 25_000;
/** Requests that one call may make: a server that refuses `store` is asked once more without it. */
const MODEL_REQUESTS = 2;
const POLL_MS = 150;

/** Everything that workflows of the conversations namespace may do to the world. */
export function createConversationActivities(
  parts: ConversationParts,
): ConversationActivities & SweepActivities {
  const { db, people, graph, metrics, settings } = parts;
  const sending = {
    db,
    people,
    humanPauseMs: settings.HUMAN_PAUSE,
    waits:
      settings.EVIDENCE_WAIT === undefined ? EVIDENCE_WAITS : evenWaits(settings.EVIDENCE_WAIT),
    counts: createDeliveryCounts(metrics),
  };
  const deliver = createDeliver({ ...sending, graph });
  const writing: WriteReplyDeps = { ...createWriting(parts), deliver };
  return {
    writeReply: createWriteReply(writing),
    writeFallback: createWriteFallback(writing),
    deliver,
    reconcile: createReconcile({
      ...sending,
      look: createLookInThread({ ...sending, readThread: graph.readThread }),
    }),
    ...createSweep(parts),
  };
}

/**
 * The model that the settings name, guarded so that not everybody asks it in vain while its key or account is refused.
 */
function createModel({ settings, metrics, log }: ConversationParts): ReplyModel {
  const model = createReplyModel({
    api: settings.LLM_API,
    apiKey: settings.OPENAI_API_KEY,
    baseUrl: settings.OPENAI_BASE_URL,
    model: settings.OPENAI_MODEL,
    timeoutMs: MODEL_TIMEOUT_MS,
  });
  return guardModel(model, {
    now: Date.now,
    onFault: (fault) => {
      metrics.modelFault.set(fault === null ? 0 : 1);
      if (fault === null) log.info({ event: 'model answers again' }, 'the model answers again');
      else
        log.error(
          { event: 'model refuses us', outcome: fault },
          'the key, address or account of the model is refused; people are told of a technical fault until it is mended',
        );
    },
  });
}

/** What it takes to write a reply, but for the way it goes out. */
function createWriting(parts: ConversationParts): Omit<WriteReplyDeps, 'deliver'> {
  const { db, people, ring, graph, assistant, words, privacy, metrics, log, settings } = parts;
  const model = createModel(parts);
  return {
    db,
    people,
    words,
    askModel: createAskModel({
      ...{ db, people, model, assistant },
      companyName: settings.COMPANY_NAME,
      // It may first wait for another turn's call, to hear whether the provider takes any.
      longestCallMs: 2 * MODEL_REQUESTS * MODEL_TIMEOUT_MS,
    }),
    collect: { quietMs: settings.COLLECT_QUIET_MS, maxMs: settings.COLLECT_MAX_MS },
    pollMs: POLL_MS,
    dailyBudget: createDailyBudget({
      db,
      perPerson: settings.DAILY_REPLIES,
      forAll: settings.DAILY_REPLIES_TO_ALL,
      now: Date.now,
      onSpent: () =>
        log.error(
          { event: 'daily budget spent', count: settings.DAILY_REPLIES_TO_ALL },
          'the model has answered as often as it may within a day; people are told, and humans have to answer',
        ),
    }),
    noticeRepetition: createNoticeRepetition({
      db,
      people,
      onRepeated: (subjectId, repetition) => {
        metrics.repetitions.inc({ result: repetition === 'repeated' ? 'told' : 'silent' });
        if (repetition === 'repeated')
          log.warn(
            { event: 'same words again', subjectId },
            'the same was written several times in a row; the assistant rests, and a human has to look',
          );
      },
    }),
    showReading: createShowReading({
      db,
      people,
      graph,
      onTrouble: (error) => log.warn({ error }, 'a message could not be shown as read'),
    }),
    offerDeletion: createOfferDeletion({
      db,
      people,
      codeHash: new CodeHash(ring),
      requests: createPrivacyRequests(privacy, { answerWithinMs: PERSON_WAITS_MS }),
      publicUrl: settings.PUBLIC_URL,
      log,
    }),
  };
}

function createSweep({
  db,
  conversations,
  metrics,
  log,
  settings,
}: ConversationParts): SweepActivities {
  return createSweepActivities({
    db,
    tendWaitingReplies: createTendWaitingReplies({
      db,
      tell: createTellConversation(conversations),
      paused: metrics.accountsPaused,
      alert: ({ channel, problem }) =>
        log.error(
          { channel, outcome: problem, event: 'account paused' },
          'a business account cannot send; its replies wait until it can',
        ),
    }),
    tellOfSilence: createTellOfSilence({
      db,
      pauseMs: settings.HUMAN_PAUSE,
      tell: (subjectId, reason) => {
        metrics.silences.inc({ reason });
        log.warn(
          { subjectId, outcome: reason, event: 'waits in silence' },
          'somebody wrote and is answered by nobody; a human has to look at the chat',
        );
      },
    }),
    wake: createWakeConversation(conversations, {
      sessionIdleMs: settings.SESSION_IDLE,
      turnDeadlineMs: settings.TURN_DEADLINE,
    }),
    overdue: { untakenMs: 5_000, takenMs: 2 * (settings.TURN_DEADLINE + TURN_SLACK_MS) },
    waiting: metrics.waiting,
  });
}
