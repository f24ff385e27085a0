import { asChannelText } from '../domain/channel-text.ts';
import { CHANNELS } from '../domain/channels.ts';
import type { ModelReply } from '../domain/model-reply.ts';
import { findPhrases } from '../domain/deletion-phrase.ts';
import { foreignLinks } from '../domain/reply-links.ts';
import { showsSomething } from '../domain/visible-text.ts';
import type { Assistant } from '../lib/assistant/load-assistant.ts';
import { failPoint } from '../lib/fail-point.ts';
import { buildInstructions } from '../lib/llm/instructions.ts';
import { ModelFailure } from '../lib/llm/model-failure.ts';
import type { ReplyModel } from '../lib/llm/reply-model.ts';
import type { Database } from '../store/database.ts';
import type { People } from '../store/people/people.ts';
import { readSession } from '../store/conversation/session-history.ts';
import type { Said } from '../store/conversation/session-history.ts';
import { inTransaction } from '../store/transaction.ts';
import type { WaitingMessage } from '../store/conversation/turns.ts';
import { noteModelCall } from '../store/people/vendor-uses.ts';
import type { TurnRequest } from './conversation-activities.ts';

export type AskModel = (
  turn: TurnRequest,
  messages: readonly WaitingMessage[],
  signal: AbortSignal,
) => Promise<ModelReply>;

export interface AskModelDeps {
  db: Database;
  people: People;
  model: ReplyModel;
  assistant: Assistant;
  companyName: string;
  /** The longest that one call to the model may take, all of its requests together, in milliseconds. */
  longestCallMs: number;
}

const TURNS_REMEMBERED = 20;
/** Earlier messages of the person that help to find what they ask about. */
const QUESTION_MESSAGES = 2;
/** The most knowledge that goes along, in characters; all of it when it fits. */
const KNOWLEDGE_LENGTH = 12_000;

/**
 * Asks the model with this session's words, the business's persona and the passages that fit, and nothing else: no
 * name, handle, number or id goes along (policy T1). The call is written down before anything leaves, whatever becomes
 * of it: the certificate of an erasure counts the provider's copy (policy D2). Throws ModelFailure, also when the
 * answer cannot be sent, and when the person is being erased.
 */
export function createAskModel(deps: AskModelDeps): AskModel {
  return async (turn, messages, signal) => {
    const session = await inTransaction(deps.db, async (trx) => {
      const cipher = await deps.people.cipher(trx, turn.subjectId);
      if (!(await noteModelCall(trx, turn.subjectId, deps.longestCallMs))) return null;
      return readSession(trx, cipher, turn.sessionId, TURNS_REMEMBERED);
    });
    if (session === null) throw new ModelFailure('aborted');
    // Our own offer holds a phrase and the address of a request; a human's words may hold a phrase too.
    const earlier = session.filter(({ text }) => findPhrases(text ?? '').length === 0);
    const waiting: Said[] = messages.map(({ kind, text }) => ({ by: 'person', kind, text }));
    // The last words of the person before these often say what "and on Sunday?" is about.
    const asked = [...earlier, ...waiting]
      .filter(({ by }) => by === 'person')
      .slice(-QUESTION_MESSAGES - waiting.length);
    const question = asked.map(({ text }) => text ?? '').join('\n');
    const instructions = buildInstructions({
      companyName: deps.companyName,
      persona: deps.assistant.persona,
      languages: deps.assistant.languages,
      hours: deps.assistant.hours ?? null,
      links: deps.assistant.links ?? null,
      passages: deps.assistant.knowledge.select(question, KNOWLEDGE_LENGTH),
      now: new Date(),
      // The words that say so are put before the model's by us, so that they are certain.
      disclose: false,
    });
    const turns = [...earlier, ...waiting].map(({ by, kind, text }) => ({
      role: by,
      text: text ?? `(${kind})`,
    }));
    failPoint('before model');
    const answer = await deps.model.writeReply({ instructions, turns }, signal);
    failPoint('after model');
    refuseUnsendable(answer, deps.assistant.links ?? null);
    return answer;
  };
}

/**
 * An address that is not the business's, made up or talked into the model, must not reach anybody in its name, not even
 * one that only forms when marks are taken out; and a text of marks alone says nothing. Such an answer counts as none.
 */
function refuseUnsendable({ reply }: ModelReply, links: readonly string[] | null): void {
  const shown = [reply, ...CHANNELS.map((channel) => asChannelText(channel, reply))];
  const isForeign = (text: string) => links !== null && foreignLinks(text, links).length > 0;
  if (shown.some((text) => !showsSomething(text) || isForeign(text)))
    throw new ModelFailure('invalid answer');
}
