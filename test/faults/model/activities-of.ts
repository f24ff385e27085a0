import { createAskModel } from '../../../activities/ask-model.ts';
import { createDeliver } from '../../../activities/deliver.ts';
import { EVIDENCE_WAITS } from '../../../activities/evidence-waits.ts';
import { createLookInThread } from '../../../activities/look-in-thread.ts';
import type { LookInThread } from '../../../activities/look-in-thread.ts';
import { createReconcile } from '../../../activities/reconcile.ts';
import { createWriteFallback, createWriteReply } from '../../../activities/write-reply.ts';
import type { WriteReplyDeps } from '../../../activities/write-reply.ts';
import type { ModelReply } from '../../../domain/model-reply.ts';
import type { SendOutcome } from '../../../domain/outbox.ts';
import { ModelFailure } from '../../../lib/llm/model-failure.ts';
import type { ReplyRequest } from '../../../lib/llm/reply-model.ts';
import type { SendTextRequest } from '../../../lib/meta/graph-client.ts';
import { isSameText } from '../../../domain/same-words.ts';
import { COMPANY_NAME } from '../../system/processes.ts';
import { partIn, personOf } from '../journal.ts';
import { answer } from '../recorder.ts';
import { currentCall } from './current-call.ts';
import { answerTo, copyOf, GOES_WELL, isExecuted, shownOf } from './outside-world.ts';
import type { Copy } from './outside-world.ts';
import type { Send } from './scenario.ts';
import { HUMAN_PAUSE_MS } from './stage.ts';
import { showAll, stop, write } from './world.ts';
import type { Somebody, World } from './world.ts';

const WORDS = {
  speaker: { companyName: COMPANY_NAME, contactEmail: '' },
  languages: ['en'],
  hours: null,
} as const satisfies WriteReplyDeps['words'];
const ASSISTANT = {
  persona: 'A baker.',
  hours: null,
  accounts: null,
  links: null,
  knowledge: { size: 0, search: () => [], select: () => [] },
};
const UNCOUNTED = {
  attempted: () => undefined,
  happened: () => undefined,
  suppressed: () => undefined,
};

export type Activities = ReturnType<typeof activitiesOf>;

/** The real activities of one person's conversation, with Meta and the model as the scenario has them. */
export function activitiesOf(world: World, one: Somebody) {
  const { db, people } = world.stage;
  const shared = {
    ...{ db, people, counts: UNCOUNTED, humanPauseMs: HUMAN_PAUSE_MS, waits: EVIDENCE_WAITS },
  };
  const deliver = createDeliver({
    ...shared,
    graph: { sendText: (request) => send(world, one, request) },
  });
  const writing: WriteReplyDeps = {
    ...shared,
    deliver,
    askModel: createAskModel({
      ...shared,
      model: { writeReply: (request) => think(world, one, request) },
      assistant: { ...ASSISTANT, languages: ['en'] },
      companyName: COMPANY_NAME,
      longestCallMs: 1_000,
    }),
    showReading: () => Promise.resolve('shown'),
    offerDeletion: () => Promise.reject(new Error('nobody asked for that')),
    words: WORDS,
    collect: { quietMs: 0, maxMs: 6_000 },
    pollMs: 20,
    dailyBudget: () => Promise.resolve('left'),
    noticeRepetition: () => Promise.resolve('none'),
  };
  return {
    writeReply: createWriteReply(writing),
    writeFallback: createWriteFallback(writing),
    deliver,
    reconcile: createReconcile({ ...shared, look: lookOf(world, one) }),
  };
}

function lookOf(world: World, one: Somebody): LookInThread {
  const { db, people } = world.stage;
  return (subjectId, doubt) =>
    createLookInThread({
      ...{ db, people, counts: UNCOUNTED },
      readThread: () => {
        const shown = shownOf(one.copies);
        // Only what looks like the text in doubt is taken for evidence.
        for (const copy of shown.filter(({ sent }) => isSameText(sent.text, doubt.text)))
          copy.told.push({ at: world.stamp(), status: 'sent' });
        return Promise.resolve({ kind: 'read', texts: shown.map(({ sent }) => sent) });
      },
    })(subjectId, doubt);
}

async function think(world: World, one: Somebody, request: ReplyRequest): Promise<ModelReply> {
  const { words, fails, meanwhile } = one.thoughts.shift() ?? {
    ...{ words: 3, fails: false, meanwhile: 'nothing' },
  };
  const { journal } = world;
  await world.stage.clock.tick();
  const { reply } = answer(journal, request, { words, afterMs: 0 });
  const question = journal.questions.at(-1);
  if (question !== undefined) question.at = world.stamp();
  if (meanwhile === 'writes') await write(world, one);
  if (meanwhile === 'stops') await stop(world, one);
  if (fails) throw new ModelFailure('unavailable');
  return { reply, action: 'continue' };
}

async function send(world: World, one: Somebody, request: SendTextRequest): Promise<SendOutcome> {
  const planned = one.sends.shift() ?? GOES_WELL;
  // A call that was given up is not given up twice: it dies.
  const call = currentCall.getStore();
  const isGivenUp = planned.outcome === 'late' && (call === undefined || call.giveUp === null);
  const plan: Send = isGivenUp ? { ...planned, outcome: 'killed after' } : planned;
  await world.stage.clock.tick();
  const copy = isExecuted(plan) ? arrive(world, one, request, plan) : null;
  if (plan.meanwhile === 'writes') await write(world, one);
  if (plan.meanwhile === 'stops') await stop(world, one);
  if (plan.meanwhile === 'is told') await showAll(world, one);
  if (plan.outcome === 'refused') noteRefusal(world, one, request);
  if (plan.outcome === 'late') {
    const answered = Promise.withResolvers<void>();
    call?.giveUp?.(answered.resolve);
    if (call !== undefined) call.giveUp = null;
    await answered.promise;
  }
  return answerTo(plan, copy);
}

/** Meta takes it. One that fails afterwards has reached nobody: that is a refusal too. */
function arrive(world: World, one: Somebody, request: SendTextRequest, plan: Send): Copy {
  const at = world.stamp();
  const copy = copyOf(request, plan, { at, date: new Date() });
  one.copies.push(copy);
  if (copy.untold.includes('failed')) {
    noteRefusal(world, one, request);
    return copy;
  }
  const isTheirs = request.to.value.replace('+', '') === one.address;
  world.journal.deliveries.push({
    at,
    person: isTheirs ? one.name : null,
    text: request.text,
    isAnswerLost: plan.outcome !== 'sent',
  });
  return copy;
}

/** Words of Mayfly's own that come before a reply are a part of it. */
function noteRefusal({ journal }: World, one: Somebody, { text }: SendTextRequest): void {
  const last = journal.questions.findLast(({ shown }) => personOf(shown[0] ?? '') === one.name);
  const reply = partIn(text)?.reply ?? last?.reply;
  if (reply !== undefined) one.refused.add(reply);
}
