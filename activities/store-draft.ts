import { randomUUID } from 'node:crypto';
import { MESSAGES } from '../domain/messages.ts';
import { POLICY_VERSION } from '../domain/policy.ts';
import { splitText } from '../lib/meta/split-text.ts';
import type { Database } from '../lib/postgres/database.ts';
import { planReply } from '../lib/postgres/outbox.ts';
import type { People } from '../lib/postgres/people.ts';
import { isDisclosureDue, startSession } from '../lib/postgres/sessions.ts';
import { inTransaction } from '../lib/postgres/transaction.ts';
import { clearWake, hasOtherWaiting, lockSubject } from '../lib/postgres/turns.ts';
import type { TurnRequest, WriteResult } from './conversation-activities.ts';
import type { Answer, OwnWords } from './own-words.ts';

export interface StoreDraftDeps {
  db: Database;
  people: People;
  words: OwnWords;
}

/** An answer to these messages; an overdue one goes out although newer messages wait. */
export interface Draft {
  waiting: { messages: readonly { id: string }[] };
  answer: Answer;
  isOverdue: boolean;
}

/** Stores a draft with its parts, or returns null when a message came that it should still answer. */
export async function storeDraft(
  { db, people, words }: StoreDraftDeps,
  { subjectId, sessionId, turn }: TurnRequest,
  { waiting, answer, isOverdue }: Draft,
): Promise<WriteResult | null> {
  return inTransaction(db, async (trx) => {
    const subject = await lockSubject(trx, subjectId);
    if (subject === undefined) return { outcome: 'nothing to answer' };
    const more = await hasOtherWaiting(trx, subjectId, waiting.messages);
    if (more && !isOverdue) return null;
    const cipher = await people.cipher(trx, subjectId);
    await startSession(trx, { id: sessionId, subjectId, policyVersion: POLICY_VERSION });
    const discloses = answer.origin !== 'notice' && (await isDisclosureDue(trx, sessionId));
    const text = discloses ? `${disclosure(words)}\n\n${answer.reply}` : answer.reply;
    const id = randomUUID();
    const { origin, action } = answer;
    const parts = splitText(subject.channel, text);
    await planReply(trx, cipher, { id, sessionId, turn, origin, action, discloses, parts, answers: waiting.messages });
    if (!more) await clearWake(trx, subjectId);
    return { outcome: 'draft', replyId: id, more };
  });
}

/** Ends a turn without an answer, or returns null when a message other than these has come meanwhile. */
export async function settle(
  { db }: StoreDraftDeps,
  { subjectId }: TurnRequest,
  known: readonly { id: string }[],
): Promise<WriteResult | null> {
  return inTransaction(db, async (trx) => {
    // The lock keeps out the next message, which then finds no wake outstanding and wakes the conversation.
    await lockSubject(trx, subjectId);
    if (await hasOtherWaiting(trx, subjectId, known)) return null;
    await clearWake(trx, subjectId);
    return { outcome: 'nothing to answer' };
  });
}

function disclosure({ speaker, languages }: OwnWords): string {
  return MESSAGES[languages[0]].disclosure(speaker);
}
