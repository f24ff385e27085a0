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

export type WriteResult = { outcome: 'draft'; replyId: string } | { outcome: 'nothing to answer' };

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
    if (written !== undefined) return { outcome: 'draft', replyId: written.id };
    if (await staysSilent(deps, turn)) return NOTHING;
    await takeWake(deps.db, turn.subjectId);
    const beating = setInterval(heartbeat, 1_000);
    try {
      for (;;) {
        const collected = await collect(deps, turn);
        if (collected === null && (await settleEmpty(deps, turn))) return NOTHING;
        if (collected === null) continue;
        const replyId = await storeDraft(
          deps,
          turn,
          collected.answer,
          'model',
          collected.waiting.messages,
        );
        if (replyId !== null) return { outcome: 'draft', replyId };
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
    if (written !== undefined) return { outcome: 'draft', replyId: written.id };
    const answer: ModelReply = {
      reply: MESSAGES[deps.defaultLanguage].fallback,
      action: 'handoff',
    };
    for (;;) {
      if (await staysSilent(deps, turn)) return NOTHING;
      const inbox = await readWaiting(deps, turn);
      if (inbox === null && (await settleEmpty(deps, turn))) return NOTHING;
      if (inbox === null) continue;
      const replyId = await storeDraft(deps, turn, answer, 'fallback', inbox.messages);
      if (replyId !== null) return { outcome: 'draft', replyId };
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

/** Stores the draft, or returns null when a message came that it does not answer. */
async function storeDraft(
  deps: WriteReplyDeps,
  turn: TurnRequest,
  answer: ModelReply,
  origin: PlannedReply['origin'],
  answers: readonly WaitingMessage[],
): Promise<string | null> {
  return inTransaction(deps.db, async (trx) => {
    const subject = await lockSubject(trx, turn.subjectId);
    if (subject === undefined || (await hasOtherWaiting(trx, turn.subjectId, answers))) return null;
    const cipher = await deps.people.cipher(trx, turn.subjectId);
    const { sessionId } = turn;
    await startSession(trx, {
      id: sessionId,
      subjectId: turn.subjectId,
      policyVersion: POLICY_VERSION,
    });
    const parts = splitText(subject.channel, answer.reply);
    const reply = {
      id: randomUUID(),
      sessionId,
      turn: turn.turn,
      origin,
      action: answer.action,
      parts,
      answers,
    };
    await planReply(trx, cipher, reply);
    await clearWake(trx, turn.subjectId);
    return reply.id;
  });
}
