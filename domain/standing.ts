/** What a subject's row says about being answered. Times are when the state began; null when it does not hold. */
export interface Standing {
  erasing_at: Date | null;
  restricted_at: Date | null;
  objected_at: Date | null;
  opted_out_at: Date | null;
  human_until: Date | null;
}

/**
 * Who found the words of a reply: the model, Mayfly itself, or a human through Meta's own app. A `plea` asks for words in
 * place of what the assistant cannot read; a `notice` answers a command.
 */
export const REPLY_ORIGINS = [
  'model',
  'fallback',
  'plea',
  'notice',
  'budget notice',
  'repetition notice',
  'human',
] as const;
export type ReplyOrigin = (typeof REPLY_ORIGINS)[number];

/** Why the assistant keeps silent, in the order in which reasons count. */
export type Silence = 'erasing' | 'restricted' | 'objected' | 'opted out' | 'a human answers';

/**
 * Why this person may not be answered now, or null when they may (policy G4, G6, M1). The answer to their own command, and
 * the word that a person takes over, still go out while the assistant rests.
 */
export function silenceOf(standing: Standing, origin: ReplyOrigin, now: Date): Silence | null {
  if (standing.erasing_at !== null) return 'erasing';
  if (standing.restricted_at !== null) return 'restricted';
  if (standing.objected_at !== null) return 'objected';
  if (origin !== 'model' && origin !== 'plea') return null;
  if (standing.opted_out_at !== null) return 'opted out';
  if (standing.human_until !== null && standing.human_until > now) return 'a human answers';
  return null;
}
