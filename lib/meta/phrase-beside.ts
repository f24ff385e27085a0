import { z } from 'zod';
import { findPhrases } from '../../domain/deletion-phrase.ts';

/** What a button carries, or what stands under a picture. */
export const besideField = z.string().optional().catch(undefined);

/**
 * The phrases of a deletion in what comes beside a person's words and is not collected otherwise, or undefined when
 * there is none: a person who sends one is heard, wherever it stands.
 */
export function phraseBeside(beside: string | undefined): string | undefined {
  return findPhrases(beside ?? '').join(' ') || undefined;
}
