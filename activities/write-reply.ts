import { cancellationSignal, sleep } from '@temporalio/activity';
import { MESSAGES } from '../domain/messages.ts';
import { silenceOf } from '../domain/standing.ts';
import type { Standing } from '../domain/standing.ts';
import { failPoint } from '../lib/fail-point.ts';
import { ownFaultOf } from '../lib/llm/model-breaker.ts';
import { ModelFailure } from '../lib/llm/model-failure.ts';
import { findFailedAfterwards } from '../store/outbox/failed-afterwards.ts';
import { readPhraseFate } from '../store/requests/phrase-fate.ts';
import { findReply } from '../store/outbox/outbox.ts';
import { inTransaction } from '../store/transaction.ts';
import { inboxSince, readInbox, readStanding, takeWake } from '../store/conversation/turns.ts';
import type { Inbox, WaitingMessage } from '../store/conversation/turns.ts';
import { askInTime, modelFailed } from './ask-in-time.ts';
import type { AskModel } from './ask-model.ts';
import { collectAnswer } from './collect-answer.ts';
import type { CollectLimits } from './collect-answer.ts';
import type {
  ConversationActivities,
  TurnRequest,
  WriteResult,
} from './conversation-activities.ts';
import type { Budget, DailyBudget } from './daily-budget.ts';
import type { NoticeRepetition, Repetition } from './notice-repetition.ts';
import type { OfferDeletion } from './offer-deletion.ts';
import {
  acknowledgedBefore,
  acknowledgePhrases,
  answerInOwnWords,
  commandAmong,
  isPhrase,
} from './own-words.ts';
import type { Answer, OwnWords } from './own-words.ts';
import type { ShowReading } from './show-reading.ts';
import { settle, storeDraft } from './store-draft.ts';
import type { StoreDraftDeps } from './store-draft.ts';
import { turnClock } from './turn-clock.ts';

export interface WriteReplyDeps extends StoreDraftDeps {
  askModel: AskModel;
  showReading: ShowReading;
  offerDeletion: OfferDeletion;
  words: OwnWords;
  collect: CollectLimits;
  /** How often the database is asked for newer messages while the model works, in milliseconds. */
  pollMs: number;
  dailyBudget: DailyBudget;
  noticeRepetition: NoticeRepetition;
  deliver: ConversationActivities['deliver'];
}

/**
 * One turn's answer, as a draft in the database, and on its way to Meta. A repeated run finds the draft of the first and
 * writes no other.
 */
export function createWriteReply(deps: WriteReplyDeps) {
  return async function writeReply(turn: TurnRequest): Promise<WriteResult> {
    await takeWake(deps.db, turn.subjectId);
    const written = await untilStored(deps, turn, (due) => collect(deps, turn, due));
    return sentAtOnce(deps, turn, written);
  };
}

/**
 * Begins to send a draft here, so that no workflow task lies between it and Meta; the workflow goes on from what became of
 * it. Late in the turn that is left to the workflow, because a send takes time and must not be cut off by the deadline.
 */
async function sentAtOnce(
  { deliver }: WriteReplyDeps,
  { subjectId }: TurnRequest,
  written: WriteResult,
): Promise<WriteResult> {
  if (written.outcome !== 'draft' || turnClock().isLate()) return written;
  return { ...written, sent: await deliver({ subjectId, replyId: written.replyId }) };
}

/** What is said when the model could not answer: honest words, and a person takes over. */
export function createWriteFallback(deps: WriteReplyDeps) {
  const { speaker, languages } = deps.words;
  const answer: Answer = {
    reply: MESSAGES[languages[0]].fallback(speaker),
    action: 'handoff',
    origin: 'fallback',
  };
  return (turn: TurnRequest): Promise<WriteResult> =>
    untilStored(deps, turn, async ({ inbox }) => {
      const fate = inbox.messages.some(isPhrase) && (await readPhraseFate(deps.db, turn.subjectId));
      return {
        waiting: inbox,
        answer: fate === false ? answer : acknowledgedBefore(answer, deps.words, fate),
        isOverdue: false,
      };
    });
}

/**
 * What is to be answered, and whether the model may still be asked today, the assistant rests, or the person repeats
 * the same words.
 */
interface Due {
  inbox: Inbox;
  budget: Budget | 'rests' | Exclude<Repetition, 'none'>;
}

interface Found {
  waiting: { messages: readonly WaitingMessage[] };
  answer: Answer;
  isOverdue: boolean;
}

/**
 * Looks, finds an answer, and stores it; again from the start whenever a message came in between. What this turn has
 * already, or what an earlier one still owes because it failed after Meta had taken it, comes first.
 */
async function untilStored(
  deps: WriteReplyDeps,
  turn: TurnRequest,
  find: (due: Due) => Promise<Found | null>,
): Promise<WriteResult> {
  const written = await findReply(deps.db, turn);
  const owed = written ?? (await findFailedAfterwards(deps.db, turn.subjectId));
  if (owed !== undefined) return { outcome: 'draft', replyId: owed.id, more: true };
  for (;;) {
    const { due, waiting } = await readToAnswer(deps, turn);
    const found = due === null ? null : await find(due);
    const stored =
      found === null
        ? await settle(deps, turn, due === null ? waiting : [])
        : await storeDraft(deps, turn, found);
    failPoint('after draft');
    if (stored !== null) return stored;
  }
}

/** What waits, and whether it may be answered: someone who is silenced is still heard when they say a command. */
async function readToAnswer(
  deps: WriteReplyDeps,
  turn: TurnRequest,
): Promise<{ due: Due | null; waiting: readonly WaitingMessage[] }> {
  const standing = await readStanding(deps.db, turn.subjectId);
  // What is being erased is no longer read.
  const isGone = standing === undefined || standing.erasing_at !== null;
  const inbox = isGone ? null : await readWaiting(deps, turn);
  if (isGone || inbox === null) return { due: null, waiting: [] };
  const waiting = inbox.messages;
  const isNoticed = commandAmong(waiting, deps.words) !== null || waiting.some(isPhrase);
  if (silenceOf(standing, isNoticed ? 'notice' : 'model', new Date()) !== null)
    return { due: null, waiting };
  const budget = await budgetFor(deps, turn, standing, waiting);
  const isLeftAlone = budget === 'rests' || budget === 'spent, and told';
  const isAnswered = budget !== 'repeated, and told' && (isNoticed || !isLeftAlone);
  return { due: isAnswered ? { inbox, budget } : null, waiting };
}

async function budgetFor(
  { words, dailyBudget, noticeRepetition }: WriteReplyDeps,
  { subjectId }: TurnRequest,
  standing: Standing,
  waiting: readonly WaitingMessage[],
): Promise<Due['budget']> {
  const command = commandAmong(waiting, words)?.command;
  // A person who asks to be deleted is heard however often they ask: that has a limit of its own.
  if (command === 'delete my data') return 'left';
  const repetition = await noticeRepetition(subjectId, waiting);
  if (repetition !== 'none')
    return standing.opted_out_at === null ? repetition : 'repeated, and told';
  if (command !== undefined) return 'left';
  if (silenceOf(standing, 'model', new Date()) !== null) return 'rests';
  return dailyBudget(subjectId);
}

function collect(
  deps: WriteReplyDeps,
  turn: TurnRequest,
  { inbox, budget }: Due,
): Promise<Found | null> {
  const cancelled = cancellationSignal();
  const [first] = inbox.messages;
  if (first !== undefined) void deps.showReading(turn.subjectId, first.id);
  return collectAnswer<WaitingMessage, Answer>(
    {
      read: () => readWaiting(deps, turn),
      hasNewer: async ({ messages }) =>
        (await inboxSince(deps.db, turn.subjectId, messages)) !== 'same',
      isVoid: async ({ messages }) =>
        (await inboxSince(deps.db, turn.subjectId, messages)) === 'changed',
      ask: (messages, overtaken) =>
        answer(deps, turn, { messages, budget }, AbortSignal.any([overtaken, cancelled])),
      pause: () => sleep(deps.pollMs),
      now: () => performance.now(),
    },
    deps.collect,
    inbox,
  );
}

interface Question {
  messages: readonly WaitingMessage[];
  budget: Due['budget'];
}

/** Phrases are acknowledged, and what was said beside them is answered as if it stood alone. */
async function answer(
  deps: WriteReplyDeps,
  turn: TurnRequest,
  { messages, budget }: Question,
  signal: AbortSignal,
): Promise<Answer> {
  const rest = messages.filter((message) => !isPhrase(message));
  if (rest.length === messages.length) return answerWords(deps, turn, { messages, budget }, signal);
  const isLeftAlone = budget === 'rests' || budget === 'spent, and told' || rest.length === 0;
  const fate = await readPhraseFate(deps.db, turn.subjectId);
  if (isLeftAlone) return acknowledgePhrases(deps.words, fate);
  return acknowledgedBefore(
    await answerWords(deps, turn, { messages: rest, budget }, signal),
    deps.words,
    fate,
  );
}

async function answerWords(
  deps: WriteReplyDeps,
  turn: TurnRequest,
  { messages, budget }: Question,
  signal: AbortSignal,
): Promise<Answer> {
  if (budget === 'repeated') return repetitionNotice(deps.words);
  const command = commandAmong(messages, deps.words);
  if (command?.command === 'delete my data') {
    const { subjectId } = turn;
    return deps.offerDeletion({ subjectId, language: command.language });
  }
  const own = answerInOwnWords(messages, deps.words, new Date());
  if (own !== null) return own;
  // While the assistant rests, the gate holds back what is not a notice.
  if (budget !== 'left' && budget !== 'rests') return budgetNotice(deps.words);
  try {
    const ask = (inTime: AbortSignal) => deps.askModel(turn, messages, inTime);
    return { ...(await askInTime(ask, signal)), origin: 'model' };
  } catch (error) {
    if (!(error instanceof ModelFailure)) throw error;
    if (ownFaultOf(error) !== null) return outOfOrder(deps.words);
    throw modelFailed(error);
  }
}

/** The fault is ours, so no human is asked and none is promised: the next message is tried again. */
function outOfOrder({ speaker, languages }: OwnWords): Answer {
  return {
    reply: MESSAGES[languages[0]].outOfOrder(speaker),
    action: 'continue',
    origin: 'fallback',
  };
}

function budgetNotice({ speaker, languages }: OwnWords): Answer {
  return {
    reply: MESSAGES[languages[0]].budgetSpent(speaker),
    action: 'handoff',
    origin: 'budget notice',
  };
}

function repetitionNotice({ speaker, languages }: OwnWords): Answer {
  return {
    reply: MESSAGES[languages[0]].sameAgain(speaker),
    action: 'handoff',
    origin: 'repetition notice',
  };
}

async function readWaiting({ db, people }: StoreDraftDeps, { subjectId }: TurnRequest) {
  failPoint('before read');
  const inbox = await inTransaction(db, async (trx) =>
    readInbox(trx, await people.cipher(trx, subjectId)),
  );
  failPoint('after read');
  return inbox;
}
