/** The commands that can also be wished for in a sentence; START is a word and nothing else. */
export type ChatWish = 'stop' | 'human' | 'my data' | 'delete my data';

/**
 * How a language wishes, in plain words (lower case, without accents and signs) of one clause. A clause in which one of
 * `unless` is found wishes for no deletion and no human: it denies, tells what happened, or asks when and why.
 */
export type Wishes = Record<ChatWish, readonly RegExp[]> & { unless: RegExp };

/** A pattern of whole words, put together from parts. */
export function words(parts: TemplateStringsArray, ...values: string[]): RegExp {
  return new RegExp(`(?:^|(?<= ))(?:${String.raw(parts, ...values)})(?= |$)`);
}

/** One of these, or none. */
export function maybe(part: string): string {
  return `(?:${part} )?`;
}

/** Any number of these, up to `most`. */
export function some(part: string, most = 4): string {
  return `(?:(?:${part}) ){0,${most}}`;
}
