import { phoneNumber } from '../../lib/meta/phone-number.ts';

/** The accounts that a letter names, as it writes them. */
export interface NamedAccounts {
  instagram?: string;
  whatsapp?: string;
}

/** What keeps a letter from being understood; it says nothing of what is in it. */
export type LetterProblem = 'names no account' | 'names several accounts of one kind';

/** A handle has an @ before it that no letter or digit precedes: one within a mail address is none. */
const HANDLE = /(?<![\w.@/-])@([a-z0-9._]{1,30})(?![\w@])/giu;
/** A number with its country code: a plus, and digits with what people put between them. */
const NUMBER = /(?<![\w+])\+[\d\s().\u00a0\u2010-\u2015-]{6,30}\d/gu;
/** The line of our own letter, with whatever stands behind the colon. */
const HANDLE_LINE = /^[>\s]*instagram(?:\s+handle)?\s*:\s*@?([a-z0-9._]{1,30})\s*$/gimu;

/**
 * Finds the accounts in a letter that follows ours (policy D1), and in others that write a handle with its @ and a number
 * with its +. Nothing is guessed: two different ones of a kind are for a human to sort out. The letter is not kept.
 */
export function readLetter(letter: string): NamedAccounts | LetterProblem {
  const text = letter.normalize('NFKC');
  const handles = [...text.matchAll(HANDLE), ...text.matchAll(HANDLE_LINE)].map(([, name = '']) =>
    name.toLowerCase().replace(/\.+$/, ''),
  );
  const numbers = [...text.matchAll(NUMBER)].flatMap(([written]) => {
    const number = phoneNumber(written.replaceAll(/[\u2010-\u2015]/g, '-'));
    return number === null ? [] : [number];
  });
  const [instagram, ...otherHandles] = new Set(handles.filter((name) => name !== ''));
  const [whatsapp, ...otherNumbers] = new Set(numbers);
  if (otherHandles.length > 0 || otherNumbers.length > 0)
    return 'names several accounts of one kind';
  if (instagram === undefined && whatsapp === undefined) return 'names no account';
  return {
    ...(instagram === undefined ? {} : { instagram }),
    ...(whatsapp === undefined ? {} : { whatsapp }),
  };
}
