import type { HandleProblem } from './instagram-handle.ts';

/** What is asked for where a number was not understood. The first names what is missing, and none repeats what was sent. */
export const NUMBER_WORDS = {
  'no number': 'must be a phone number with its country code, such as +1 555 010 0000',
  'no country code':
    'the country code is missing: begin with + and the code of your country, such as +49 or +52. We do not guess it, because the same digits belong to somebody else in another country',
  extension: 'must be a number without an extension: WhatsApp knows none',
  'not possible':
    'no country has such numbers: look at the country code, and at whether a digit is missing or too many',
} as const;

/** The same for a handle. */
export const HANDLE_WORDS: Readonly<Record<HandleProblem, string>> = {
  'no handle':
    'must be an Instagram handle, such as @example: letters, digits, underscores and single dots, 30 characters at most',
  placeholder: 'put your own handle in place of the words that stood there',
};
