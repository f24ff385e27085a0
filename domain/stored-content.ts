import { findPhrases } from './deletion-phrase.ts';
import type { AttachmentKind, MessageContent } from './events.ts';

/**
 * What is kept of a message. A `phrase` proved, or tried to prove, who asks for deletion: nothing of its message is kept but
 * that word, and no model reads it. An `overheard` one was said in a conversation that another app answers.
 */
export type StoredContent = StoredWords | { kind: AttachmentKind | 'overheard' };
export type StoredWords = { kind: 'text'; text: string } | { kind: 'phrase' };

export function storedContent(content: MessageContent): StoredContent {
  if (content.kind === 'text') return storedWords(content.text);
  return { kind: content.kind };
}

export function storedWords(text: string): StoredWords {
  return findPhrases(text).length > 0 ? { kind: 'phrase' } : { kind: 'text', text };
}
