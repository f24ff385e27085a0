import { READABLE_ALPHABET } from './readable-code.ts';

/** How many letters and digits follow `DELETE-` in a phrase. */
export const PHRASE_LETTERS = 8;

/** What shows as nothing and comes along when a page is copied; accents, and the frames of keycaps. */
const UNSEEN = /(?![\t\n\r])[\p{Default_Ignorable_Code_Point}\p{Cf}\p{M}\p{Cc}]/gu;

const DASH = String.raw`\p{Dash}\u02d7\u2043\u2796\u30fc_`;

/** The word, with what may stand behind it: marks, quotes, a line break. */
const WORD = new RegExp(
  String.raw`(?<![0-9a-z])DE[L1I]ETE(?<between>(?:[^\p{L}\p{N}]|\u30fc){0,12})`,
  'giu',
);

/** Eight letters and digits, together or in groups, that end where a word ends. */
const LETTERS = new RegExp(
  String.raw`[0-9a-z](?:[\s${DASH}]{0,3}[0-9a-z]){${PHRASE_LETTERS - 1}}(?![0-9a-z])`,
  'iuy',
);

const IN_TRUE_SPELLING = new RegExp(`^[${READABLE_ALPHABET}]{${PHRASE_LETTERS}}$`);
const ONLY_A_DASH = new RegExp(String.raw`^[^\s\p{L}\p{N}]*[${DASH}][^\s\p{L}\p{N}]*$`, 'u');

/**
 * The phrases in a message, each in its one true spelling, in the order in which they stand there. A phrase is found
 * inside a sentence, in quotes or bold, in any case, with any dash or none, and with what is mistaken for its letters.
 * "delete messages" and "delete-friendly" are no phrases.
 */
export function findPhrases(message: string): string[] {
  const text = message.normalize('NFKD').replaceAll(UNSEEN, '').replaceAll('ı', 'i');
  const phrases = [...text.matchAll(WORD)].flatMap((word) => {
    LETTERS.lastIndex = word.index + word[0].length;
    const [typed] = LETTERS.exec(text) ?? [];
    if (typed === undefined) return [];
    const letters = inTrueSpelling(typed);
    const isMeant =
      isUnlikeWords(letters) ||
      // Joined by a dash alone, less is enough: no sentence is written so.
      (ONLY_A_DASH.test(word.groups?.['between'] ?? '') &&
        (IN_TRUE_SPELLING.test(typed) || (typed.length === PHRASE_LETTERS && /\d/.test(typed))));
    return isMeant && IN_TRUE_SPELLING.test(letters) ? [`DELETE-${letters}`] : [];
  });
  return [...new Set(phrases)];
}

/**
 * Whether both halves hold a letter and a digit, neither of which is mistaken for the other. Words, years and order
 * numbers do not, so such a phrase can be told from them even without its dash. Only such phrases are handed out.
 */
export function isUnlikeWords(letters: string): boolean {
  const half = PHRASE_LETTERS / 2;
  return [letters.slice(0, half), letters.slice(half)].every(
    (part) => /[2-9]/.test(part) && /[A-Z]/.test(part),
  );
}

/** People type O for 0, and I or L for 1. */
function inTrueSpelling(typed: string): string {
  return typed
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
}
