import { randomUUID } from 'node:crypto';
import { activityInfo, cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Language } from '../domain/assistant.ts';
import { MESSAGES } from '../domain/messages.ts';
import { MODEL_FAILURE } from '../domain/model-failure.ts';
import type { ModelReply } from '../domain/model-reply.ts';
import { POLICY_VERSION } from '../domain/policy.ts';
import { silenceOf } from '../domain/standing.ts';
import { ModelFailure } from '../lib/llm/model-failure.ts';
import { splitText } from '../lib/meta/split-text.ts';
import type { Database } from '../lib/postgres/database.ts';
import { findReply, planReply } from '../lib/postgres/outbox.ts';
import type { PlannedReply } from '../lib/postgres/outbox.ts';
import type { People } from '../lib/postgres/people.ts';
import { startSession } from '../lib/postgres/sessions.ts';
import { inTransaction } from '../lib/postgres/transaction.ts';
import {
  clearWake,
  hasOtherWaiting,
  lockSubject,
  readInbox,
  readStanding,
  takeWake,
} from '../lib/postgres/turns.ts';
import type { WaitingMessage } from '../lib/postgres/turns.ts';
import type { AskModel } from './ask-model.ts';
import { collectAnswer } from './collect-answer.ts';
import type { CollectLimits } from './collect-answer.ts';
import type { TurnRequest } from './conversation-activities.ts';

/** `more` says that messages wait which the draft does not answer. */
export type WriteResult = { outcome: 'draft'; replyId: string; more: boolean } | { outcome: 'nothing to answer' };

export interface WriteReplyDeps {
  db: Database;
  people: People;
  askModel: AskModel;
  collect: CollectLimits;
  /** How often the database is asked for newer messages while the model works, in milliseconds. */
  pollMs: number;
  defaultLanguage: Language;
}

const NOTHING: WriteResult = { outcome: 'nothing to answer' };

/** One turn's answer, as a draft in the database. A repeated run finds the draft of the first and writes no other. */
export function createWriteReply(deps: WriteReplyDeps) {
  return async function writeReply(turn: TurnRequest): Promise<WriteResult> {
    const written = await findReply(deps.db, turn);
    if (written !== undefined) return { outcome: 'draft', replyId: written.id, more: true };
    if (await staysSilent(deps, turn)) return NOTHING;
    await takeWake(deps.db, turn.subjectId);
    const beating = setInterval(heartbeat, 1_000);
    try {
      for (;;) {
        const collected = await collect(deps, turn);
        if (collected === null && (await settleEmpty(deps, turn))) return NOTHING;
        if (collected === null) continue;
        const { answer, waiting, isOverdue } = collected;
        const draft: Draft = { answer, origin: 'model', answers: waiting.messages };
        const stored = await storeDraft(deps, turn, draft, isOverdue);
        if (stored !== null) return stored;
      }
    } finally {
      clearInterval(beating);
    }
  };
}

/** What is said when the model could not answer: honest words, and a person takes over. */
export function createWriteFallback(deps: WriteReplyDeps) {
  return async function writeFallback(turn: TurnRequest): Promise<WriteResult> {
    const written = await findReply(deps.db, turn);
    if (written !== undefined) return { outcome: 'draft', replyId: written.id, more: true };
    const answer: ModelReply = {
      reply: MESSAGES[deps.defaultLanguage].fallback,
      action: 'handoff',
    };
    for (;;) {
      if (await staysSilent(deps, turn)) return NOTHING;
      const inbox = await readWaiting(deps, turn);
      if (inbox === null && (await settleEmpty(deps, turn))) return NOTHING;
      if (inbox === null) continue;
      const draft: Draft = { answer, origin: 'fallback', answers: inbox.messages };
      const stored = await storeDraft(deps, turn, draft, false);
      if (stored !== null) return stored;
    }
  };
}

function collect(deps: WriteReplyDeps, turn: TurnRequest) {
  const cancelled = cancellationSignal();
  return collectAnswer<WaitingMessage, ModelReply>(
    {
      read: () => readWaiting(deps, turn),
      hasNewer: ({ messages }) => hasOtherWaiting(deps.db, turn.subjectId, messages),
      ask: (messages, overtaken) =>
        askOrFail(deps, turn, messages, AbortSignal.any([overtaken, cancelled])),
      pause: () => sleep(deps.pollMs),
      now: () => performance.now(),
    },
    deps.collect,
  );
}

async function askOrFail(
  deps: WriteReplyDeps,
  turn: TurnRequest,
  messages: readonly WaitingMessage[],
  signal: AbortSignal,
): Promise<ModelReply> {
  try {
    return await deps.askModel(turn, messages, signal);
  } catch (error) {
    if (!(error instanceof ModelFailure)) throw error;
    // Only Temporal retries; when the provider names a time to wait, it is that long.
    throw ApplicationFailure.create({
      type: MODEL_FAILURE,
      message: `The model did not answer (${error.kind}) in attempt ${activityInfo().attempt}.`,
      nonRetryable: !error.retryable,
      details: [{ kind: error.kind, status: error.status, requestId: error.requestId }],
      ...(error.retryAfterMs === null ? {} : { nextRetryDelay: error.retryAfterMs }),
    });
  }
}

async function readWaiting(deps: WriteReplyDeps, { subjectId }: TurnRequest) {
  return inTransaction(deps.db, async (trx) =>
    readInbox(trx, await deps.people.cipher(trx, subjectId)),
  );
}

async function staysSilent(deps: WriteReplyDeps, { subjectId }: TurnRequest): Promise<boolean> {
  const standing = await readStanding(deps.db, subjectId);
  if (standing !== undefined && silenceOf(standing, new Date()) === null) return false;
  await inTransaction(deps.db, (trx) => clearWake(trx, subjectId));
  return true;
}

/** Ends a turn that found nothing to answer, unless a message has come meanwhile; the row lock keeps out the next one. */
async function settleEmpty(deps: WriteReplyDeps, { subjectId }: TurnRequest): Promise<boolean> {
  return inTransaction(deps.db, async (trx) => {
    await lockSubject(trx, subjectId);
    if (await hasOtherWaiting(trx, subjectId, [])) return false;
    await clearWake(trx, subjectId);
    return true;
  });
}

interface Draft {
  answer: ModelReply;
  origin: PlannedReply['origin'];
  answers: readonly WaitingMessage[];
}

/** Stores the draft, or returns null when a message came that it should still answer. */
async function storeDraft(
  deps: WriteReplyDeps,
  { subjectId, sessionId, turn }: TurnRequest,
  { answer, origin, answers }: Draft,
  isOverdue: boolean,
): Promise<WriteResult | null> {
  return inTransaction(deps.db, async (trx) => {
    const subject = await lockSubject(trx, subjectId);
    if (subject === undefined) return NOTHING;
    const more = await hasOtherWaiting(trx, subjectId, answers);
    if (more && !isOverdue) return null;
    const cipher = await deps.people.cipher(trx, subjectId);
    await startSession(trx, { id: sessionId, subjectId, policyVersion: POLICY_VERSION });
    const id = randomUUID();
    const parts = splitText(subject.channel, answer.reply);
    await planReply(trx, cipher, { id, sessionId, turn, origin, action: answer.action, parts, answers });
    if (!more) await clearWake(trx, subjectId);
    return { outcome: 'draft', replyId: id, more };
  });
}
