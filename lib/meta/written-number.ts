import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { whatsAppNumberKey } from '../../domain/whatsapp-number.ts';

/** Why a text that somebody wrote is no number that we can look for; it says nothing of what is in it. */
export type NumberProblem = 'no number' | 'no country code' | 'extension' | 'not possible';

/** A number that somebody wrote down, in E.164 with `+`. */
export type WrittenNumber = { number: string } | { problem: NumberProblem };

const LONGEST_WRITTEN = 200;
/** What people put between digits, and nothing else: letters make it no number. */
const PUNCTUATION = /[\s().[\]/~\p{Pd}\u2212\u2053\u223c\u30fc]/gu;
/** What is pasted along from a list of contacts or a page, and shows as nothing. */
const INVISIBLE = /[\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}]/gu;
/** Mexico's prefixes for calls within the country, which some write after 52 as well. */
const MEXICAN_PREFIX = /^\+52(?:01|04[45])(?=\d{10}$)/;

const LINKS: readonly RegExp[] = [
  /^(?:https?:\/\/)?(?:www\.)?wa\.me\/(?<number>\+?\d+)\/?(?:[?#].*)?$/iu,
  /^(?:https?:\/\/)?(?:api|web|www)?\.?whatsapp\.com\/send\/?\?(?:.*&)?phone=(?<number>(?:\+|%2b)?\d+)(?:[&#].*)?$/iu,
  /^whatsapp:\/\/send\/?\?(?:.*&)?phone=(?<number>(?:\+|%2b)?\d+)(?:[&#].*)?$/iu,
];

/**
 * The number that somebody means, as they write it: with `+` or `00`, in the digits of any script, with a trunk zero in
 * brackets, as a link of WhatsApp's or of a telephone's. The country is never guessed: without its code, the same digits
 * are another person's somewhere else. A range that the numbering plans do not know keeps its digits.
 */
export function readWrittenNumber(text: string): WrittenNumber {
  if (text.length > LONGEST_WRITTEN) return { problem: 'no number' };
  const written = plainDigits(text.normalize('NFKC').replaceAll(INVISIBLE, '')).trim();
  const linked = LINKS.map((link) => link.exec(written)?.groups?.['number']).find(Boolean);
  if (linked !== undefined) return readInternational(`+${linked.replace(/^(?:\+|%2b)/iu, '')}`);
  const spoken = written.replace(/^tel:/iu, '');
  const packed = spoken.replaceAll(PUNCTUATION, '');
  if (/^\+?\d+(?:x|;?ext\.?|#|;)=?\d+$/iu.test(packed)) return { problem: 'extension' };
  const digits = /^(?<sign>\+|00|\+00)?(?<rest>\d+)$/u.exec(packed)?.groups;
  if (digits?.['rest'] === undefined || digits['rest'].length < 4) return { problem: 'no number' };
  if (digits['sign'] === undefined) return { problem: 'no country code' };
  const hasTrunkZero = /[([]\s*0\s*[)\]]/u.test(spoken);
  return readInternational(`+${digits['rest']}`, hasTrunkZero);
}

function readInternational(literal: string, hasTrunkZero = false): WrittenNumber {
  const number = literal.replace(MEXICAN_PREFIX, '+52');
  const parsed = parsePhoneNumberFromString(number);
  if (parsed === undefined) return { problem: 'not possible' };
  if (parsed.isValid() || (hasTrunkZero && parsed.isPossible())) return { number: parsed.number };
  // WhatsApp's own spelling of a number may be one that cannot be dialled (any more).
  const [possible] = [number, whatsAppNumberKey(number)].filter(
    (one) => parsePhoneNumberFromString(one)?.isPossible() === true,
  );
  return possible === undefined ? { problem: 'not possible' } : { number: possible };
}

/** A number in E.164 with the spaces that its country puts into it, to be read. */
export function formattedNumber(number: string): string {
  return parsePhoneNumberFromString(number)?.formatInternational() ?? number;
}

/** Digits of every script as 0 to 9: each script has its ten in a row. */
function plainDigits(text: string): string {
  return text.replaceAll(/(?![0-9])\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    let zero = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
    return String((code - zero) % 10);
  });
}
