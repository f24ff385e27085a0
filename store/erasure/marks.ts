import { createHash } from 'node:crypto';
import { plainWords } from '../../domain/same-words.ts';

/**
 * What a stone is put up for, as a hash: never stored as it is, because a message id of WhatsApp tells the phone number.
 * The mark of a person is the hash of an identifier, as the index computes it.
 */
export type Mark = Buffer;

/** A message at Meta, by its id. */
export function markOfMessage(providerId: string): Mark {
  return createHash('sha256').update(providerId).digest();
}

/** Words of ours that were sent to a person: their echo may come before, or under another id than, Meta's answer. */
export function markOfWords(person: Mark, text: string): Mark {
  return createHash('sha256').update('words').update(person).update(plainWords(text)).digest();
}

/** What a person did that takes effect once and leaves no row: `of` is the message it was about, or else its time. */
export function markOfAct(
  person: Mark,
  act: 'unsent' | 'new identifiers' | 'handed over',
  of: string,
): Mark {
  return createHash('sha256').update(`${act} `).update(person).update(of).digest();
}
