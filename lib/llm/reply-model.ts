import type { ModelReply } from '../../domain/model-reply.ts';

/** One message of the session, oldest first. Nothing says who the person is, on which channel, or when they wrote. */
export interface Turn {
  role: 'person' | 'assistant';
  text: string;
}

/** All that leaves for the model. The last turns of the person, after the assistant's last, are the ones to answer. */
export interface ReplyRequest {
  instructions: string;
  turns: readonly Turn[];
}

/** A language model that writes one reply. It never tries again by itself: only Temporal does. */
export interface ReplyModel {
  /** Throws ModelFailure and nothing else. Aborting the signal closes the connection. */
  writeReply(request: ReplyRequest, signal: AbortSignal): Promise<ModelReply>;
}

/**
 * The turns as both of OpenAI's interfaces take them.
 * Half a surrogate pair, which a cut message may end with, would make the whole request invalid.
 */
export function chatMessages(
  turns: readonly Turn[],
): { role: 'user' | 'assistant'; content: string }[] {
  return turns.map(({ role, text }) => ({
    role: role === 'person' ? 'user' : 'assistant',
    content: text.toWellFormed(),
  }));
}
