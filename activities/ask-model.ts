import type { ModelReply } from '../domain/model-reply.ts';
import type { Assistant } from '../lib/assistant/load-assistant.ts';
import { buildInstructions } from '../lib/llm/instructions.ts';
import type { ReplyModel } from '../lib/llm/reply-model.ts';
import type { Database } from '../lib/postgres/database.ts';
import type { People } from '../lib/postgres/people.ts';
import { readSession } from '../lib/postgres/session-history.ts';
import type { Said } from '../lib/postgres/session-history.ts';
import { inTransaction } from '../lib/postgres/transaction.ts';
import type { WaitingMessage } from '../lib/postgres/turns.ts';
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
}

const TURNS_REMEMBERED = 20;
const PASSAGES = 6;

/**
 * Asks the model with this session's words, the business's persona and the passages that fit, and nothing else:
 * no name, handle, number or id goes along (policy T1).
 */
export function createAskModel(deps: AskModelDeps): AskModel {
  return async (turn, messages, signal) => {
    const earlier = await inTransaction(deps.db, async (trx) =>
      readSession(
        trx,
        await deps.people.cipher(trx, turn.subjectId),
        turn.sessionId,
        TURNS_REMEMBERED,
      ),
    );
    const waiting: Said[] = messages.map(({ kind, text }) => ({ by: 'person', kind, text }));
    const question = waiting.map(({ text }) => text ?? '').join('\n');
    const instructions = buildInstructions({
      companyName: deps.companyName,
      persona: deps.assistant.persona,
      languages: deps.assistant.languages,
      hours: deps.assistant.hours ?? null,
      links: deps.assistant.links ?? null,
      passages: deps.assistant.knowledge.search(question, PASSAGES),
      now: new Date(),
      disclose: earlier.length === 0,
    });
    const turns = [...earlier, ...waiting].map(({ by, kind, text }) => ({
      role: by,
      text: text ?? `(${kind})`,
    }));
    return deps.model.writeReply({ instructions, turns }, signal);
  };
}
