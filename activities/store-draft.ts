import { randomUUID } from 'node:crypto';
import { asChannelText } from '../domain/channel-text.ts';
import type { Channel } from '../domain/channels.ts';
import { MESSAGES } from '../domain/messages.ts';
import { POLICY_VERSION } from '../domain/policy.ts';
import { failPoint } from '../lib/fail-point.ts';
import { splitText } from '../lib/meta/split-text.ts';
import type { Database } from '../store/database.ts';
import { planReply } from '../store/outbox/outbox.ts';
import type { People } from '../store/people/people.ts';
import { isDisclosureDue, startSession } from '../store/conversation/sessions.ts';
import { inTransaction } from '../store/transaction.ts';
import { clearWake, inboxSince, lockSubject } from '../store/conversation/turns.ts';
import type { KnownMessage } from '../store/conversation/turns.ts';
import type { TurnRequest, WriteResult } from './conversation-activities.ts';
import type { Answer, OwnWords } from './own-words.ts';

export interface StoreDraftDeps {
  db: Database;
  people: People;
  words: OwnWords;
}

/** An answer to these messages; an overdue one goes out although newer messages wait, but not when one of them changed. */
export interface Draft {
  waiting: { messages: readonly KnownMessage[] };
  answer: Answer;
  isOverdue: boolean;
}

/** Stores a draft with its parts, or returns null when a message came or changed that it should still answer. */
export async function storeDraft(
  { db, people, words }: StoreDraftDeps,
  { subjectId, sessionId, turn }: TurnRequest,
  { waiting, answer, isOverdue }: Draft,
): Promise<WriteResult | null> {
  return inTransaction(db, async (trx) => {
    const subject = await lockSubject(trx, subjectId);
    if (subject === undefined) return { outcome: 'nothing to answer' };
    const since = await inboxSince(trx, subjectId, waiting.messages);
    if (since === 'changed' || (since === 'more' && !isOverdue)) return null;
    const more = since === 'more';
    const cipher = await people.cipher(trx, subjectId);
    await startSession(trx, { id: sessionId, subjectId, policyVersion: POLICY_VERSION });
    const discloses = answer.origin !== 'notice' && (await isDisclosureDue(trx, sessionId));
    const reply = shownAs(subject.channel, answer);
    const text = discloses ? `${disclosure(words)}\n\n${reply}` : reply;
    const id = randomUUID();
    const { origin, action } = answer;
    const parts = splitText(subject.channel, text);
    await planReply(trx, cipher, {
      id,
      sessionId,
      turn,
      origin,
      action,
      discloses,
      parts,
      answers: waiting.messages,
    });
    if (!more) await clearWake(trx, subjectId);
    failPoint('before draft');
    return { outcome: 'draft', replyId: id, more };
  });
}

/** Ends a turn without an answer, or returns null when a message came or one of these changed meanwhile. */
export async function settle(
  { db }: StoreDraftDeps,
  { subjectId }: TurnRequest,
  known: readonly KnownMessage[],
): Promise<WriteResult | null> {
  return inTransaction(db, async (trx) => {
    // The lock keeps out the next message, which then finds no wake outstanding and wakes the conversation.
    await lockSubject(trx, subjectId);
    if ((await inboxSince(trx, subjectId, known)) !== 'same') return null;
    await clearWake(trx, subjectId);
    return { outcome: 'nothing to answer' };
  });
}

/** Only a model writes marks; our own words are as they are. */
function shownAs(channel: Channel, { origin, reply }: Answer): string {
  return origin === 'model' ? asChannelText(channel, reply) : reply;
}

function disclosure({ speaker, languages }: OwnWords): string {
  return MESSAGES[languages[0]].disclosure(speaker);
}
