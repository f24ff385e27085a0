import { STOP_WORDS } from './stop-words.ts';

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** Letters that decomposition leaves as they are, and that people type without. */
const LOOKALIKES: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ı: 'i',
};

/** Lower case without diacritics, so that "Torten fürs Büro" and "torten furs buro" are one and the same. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[ßæœøđðłı]/g, (letter) => LOOKALIKES[letter] ?? letter);
}

/**
 * The words of a text that carry meaning: folded, without the small words of the supported languages, plurals shortened.
 * Scripts without spaces are cut by Unicode's own rules.
 */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(folded(text))) {
    if (!isWordLike) continue;
    for (const word of segment.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []) {
      if (!STOP_WORDS.has(word)) words.push(shortened(word));
    }
  }
  return words;
}

/** Cuts the commonest plural endings. It need not be right, only the same for the question and for the knowledge. */
function shortened(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return word.slice(0, -1);
  return word;
}
