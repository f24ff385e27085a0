/** What shows as nothing, or only says how the character before it is to be drawn. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;

/** The words without what an app or a channel may change on the way: white space, unseen characters, ways to write one sign. */
export function plainWords(text: string): string {
  return text.toWellFormed().normalize('NFKC').replace(UNSEEN, '').replace(/\s+/gu, ' ').trim();
}

/** Whether two texts are the same words. */
export function isSameText(one: string, other: string): boolean {
  return plainWords(one) === plainWords(other);
}

/** Braille's empty cell and control characters show as nothing as well, though they are no white space. */
const BLANK = /[\u2800\p{C}]/gu;

/** Whether a text shows as nothing at all. */
export function isBlank(text: string): boolean {
  return plainWords(text).replace(BLANK, '').trim() === '';
}
