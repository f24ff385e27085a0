import { z } from 'zod';
import { isBlank } from '../../domain/same-words.ts';

/**
 * In UTF-16 code units. Meta allows a person far less; this only bounds what one webhook can make
 * us store.
 */
export const MAXIMUM_TEXT_LENGTH = 20_000;

/**
 * A person's own words, kept as they are, but bounded and well-formed: a lone surrogate cannot be stored as UTF-8. A
 * text that shows as nothing counts as missing.
 */
export const messageText = z
  .string()
  .transform(bounded)
  .refine((text) => !isBlank(text));

function bounded(text: string): string {
  if (text.length <= MAXIMUM_TEXT_LENGTH) return text.toWellFormed();
  const cut = text.slice(0, MAXIMUM_TEXT_LENGTH);
  // A cut through the middle of a character leaves no half of it behind.
  const whole = /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
  return whole.toWellFormed();
}
