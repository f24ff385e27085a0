import type { Channel } from '../../domain/channels.ts';
import { readWrittenHandle } from '../../domain/instagram-handle.ts';
import { whatsAppNumberKey } from '../../domain/whatsapp-number.ts';
import { readWrittenNumber } from '../../lib/meta/written-number.ts';
import { readLabelledLine } from './labelled-line.ts';
import type { LabelledLine } from './labelled-line.ts';

/** The accounts that a letter names, in the form in which they are looked for. */
export interface NamedAccounts {
  instagram?: string;
  whatsapp?: string;
}

/** What keeps a letter from being understood; it says nothing of what is in it. */
export type LetterProblem =
  | 'names no account'
  | 'names several accounts of one kind'
  | 'has a number without its country code'
  | 'has a number that is not read'
  | 'has an Instagram line that is not read'
  | 'has a WhatsApp line that is not read'
  | 'has a placeholder where the handle belongs';

/** A handle has an @ before it that no letter or digit precedes: an @ within a mail address starts no handle. */
const HANDLE = /(?<![\w.@/-])@[a-z0-9._]{1,60}(?![\w@])/giu;
const HANDLE_LINK =
  /(?<![\w.@-])(?:https?:\/\/)?(?:(?:www\.|m\.)?(?:instagram\.com|instagr\.am)|ig\.me)\/[^\s<>"]+/giu;
/** A number with its country code: a plus or two zeros, and digits with what people put between them. */
const NUMBER = /(?<![\p{L}\p{Nd}+])(?:\+|00)[\p{Nd}\s().\p{Pd}/]{6,40}\p{Nd}/gu;
const NUMBER_LINK =
  /(?<![\w.@-])(?:https?:\/\/)?(?:wa\.me|(?:api\.|web\.|www\.)?whatsapp\.com)\/[^\s<>"]+|tel:\+[\p{Nd}().\p{Pd}]+/giu;

/**
 * Finds the accounts in a letter that follows ours (policy D1), and in others that write a handle with its @ and a
 * number with its country code, or a link of theirs. Nothing is guessed, and nothing that a line names is passed over:
 * what cannot be read, and two different accounts of a kind, are for a human to sort out. The letter is not kept.
 */
export function readLetter(letter: string): NamedAccounts | LetterProblem {
  const text = letter.normalize('NFKC').replaceAll(/[\p{Bidi_Control}\u200b\ufeff]/gu, '');
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/u);
  const labelled = lines.flatMap((line) => readLabelledLine(line) ?? []);
  const prose = lines.filter((line) => readLabelledLine(line) === null).join('\n');
  const found = [...labelled.flatMap(fromLine), ...fromProse(prose)];
  const problem = found.find((one) => typeof one === 'string');
  if (problem !== undefined) return problem;
  const accounts = found.filter((one) => typeof one === 'object');
  const handles = new Set(accounts.flatMap(({ instagram }) => instagram ?? []));
  const numbers = new Map(
    accounts.flatMap(({ whatsapp }) => (whatsapp ? [[whatsAppNumberKey(whatsapp), whatsapp]] : [])),
  );
  if (handles.size > 1 || numbers.size > 1) return 'names several accounts of one kind';
  const [[instagram], [whatsapp]] = [[...handles], [...numbers.values()]];
  if (instagram === undefined && whatsapp === undefined) return 'names no account';
  return {
    ...(instagram === undefined ? {} : { instagram }),
    ...(whatsapp === undefined ? {} : { whatsapp }),
  };
}

const NOT_READ: Readonly<Record<Channel, LetterProblem>> = {
  instagram: 'has an Instagram line that is not read',
  whatsapp: 'has a WhatsApp line that is not read',
};

/** The line may have more in it than the account. */
const UNCLEAR: readonly LetterProblem[] = [
  'has an Instagram line that is not read',
  'has a number that is not read',
];

/** What a line that asks for an account names: its whole value, or the accounts within it. */
function fromLine({ channel, value }: LabelledLine): (NamedAccounts | LetterProblem)[] {
  const whole = channel === 'instagram' ? handle(value) : number(value);
  if (typeof whole === 'object' || !UNCLEAR.includes(whole)) return [whole];
  const within = fromProse(value);
  const isNamed = within.some((one) => typeof one === 'object' && one[channel] !== undefined);
  return isNamed ? within : [NOT_READ[channel]];
}

function fromProse(prose: string): (NamedAccounts | LetterProblem)[] {
  const texts = (pattern: RegExp) => [...prose.matchAll(pattern)].map(([text]) => text);
  return [
    // A full stop after a name ends the sentence.
    ...[...texts(HANDLE), ...texts(HANDLE_LINK)].flatMap((text) => {
      const name = text.replace(/[.,;:!?)\]]+$/u, '');
      return /^@?$/u.test(name) ? [] : [handle(name)];
    }),
    ...[...texts(NUMBER), ...texts(NUMBER_LINK)].map((text) =>
      number(text.replace(/[.,)]+$/u, '')),
    ),
  ];
}

function handle(written: string): NamedAccounts | LetterProblem {
  const read = readWrittenHandle(written);
  if ('handle' in read) return { instagram: read.handle };
  return read.problem === 'placeholder'
    ? 'has a placeholder where the handle belongs'
    : 'has an Instagram line that is not read';
}

function number(written: string): NamedAccounts | LetterProblem {
  const read = readWrittenNumber(written);
  if ('number' in read) return { whatsapp: read.number };
  return read.problem === 'no country code'
    ? 'has a number without its country code'
    : 'has a number that is not read';
}
