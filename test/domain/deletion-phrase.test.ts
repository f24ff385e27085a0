import fc from 'fast-check';
import { findPhrases, isUnlikeWords } from '../../domain/deletion-phrase.ts';
import { READABLE_ALPHABET } from '../../domain/readable-code.ts';
import { REQUEST_MESSAGES } from '../../domain/request-messages.ts';
import { LANGUAGES } from '../../domain/assistant.ts';
import { newRequestCodes } from '../../lib/crypto/request-codes.ts';

const PHRASE = 'DELETE-7K3M9Q2X';

test.each([
  ['alone', PHRASE],
  ['in lower case', 'delete-7k3m9q2x'],
  ['begun with a capital', 'Delete-7k3m9q2x'],
  ['inside a sentence', `Hello, here it is: ${PHRASE} and thank you`],
  ['with a full stop', `${PHRASE}.`],
  ['in quotes', `"${PHRASE}"`],
  ['in other quotes', `„${PHRASE}“ «${PHRASE}» ‹${PHRASE}›`],
  ['bold', `*${PHRASE}*`],
  ['in italics', `_${PHRASE}_`],
  ['as code', `\`${PHRASE}\``],
  ['as a block of code', `\`\`\`${PHRASE}\`\`\``],
  ['its word bold', '*DELETE*-7K3M9Q2X'],
  ['struck through', [...PHRASE].join('\u0336')],
  ['with signs around it', `🙏${PHRASE}👍🏽`],
  ['without its dash', 'DELETE7K3M9Q2X'],
  ['with a space for its dash', 'DELETE 7K3M9Q2X'],
  ['with spaces around its dash', 'DELETE - 7K3M9Q2X'],
  ['with an en dash', 'DELETE–7K3M9Q2X'],
  ['with an em dash', 'DELETE—7K3M9Q2X'],
  ['with a dash that does not break', 'DELETE‑7K3M9Q2X'],
  ['with a minus sign', 'DELETE−7K3M9Q2X'],
  ['with an underscore', 'DELETE_7K3M9Q2X'],
  ['with a colon', 'DELETE: 7K3M9Q2X'],
  ['on two lines', 'DELETE-\n7K3M9Q2X'],
  ['on two lines without its dash', 'DELETE\r\n7K3M9Q2X'],
  ['broken in the middle', 'DELETE-7K3M\n9Q2X'],
  ['in groups', 'DELETE-7K3M-9Q2X'],
  ['in groups with spaces', 'delete 7k3m 9q2x'],
  ['one by one', 'DELETE-7 K 3 M 9 Q 2 X'],
  ['with a soft hyphen for its dash', 'DELETE\u00ad7K3M9Q2X'],
  ['with soft hyphens inside', 'DE\u00adLETE-7K3M\u00ad9Q2X'],
  ['with spaces of no width', '\u200bDELETE\u200b-\u200b7K3M\u200b9Q2X\ufeff'],
  ['with joiners', 'DELETE-\u200d7K3M\u200c9Q2X\u2060'],
  ['with marks of direction', '\u202aDELETE-7K3M9Q2X\u202c\u200f'],
  ['isolated', '\u2068DELETE-7K3M9Q2X\u2069'],
  ['with spaces that do not break', '\u00a0DELETE\u00a07K3M9Q2X\u202f'],
  ['full width', 'ＤＥＬＥＴＥ－７Ｋ３Ｍ９Ｑ２Ｘ'],
  ['in letters of mathematics', '𝐃𝐄𝐋𝐄𝐓𝐄-𝟕𝐊𝟑𝐌𝟗𝐐𝟐𝐗'],
  ['with framed digits', 'DELETE-7️⃣K3️⃣M9️⃣Q2️⃣X'],
  ['behind words without spaces', `这是${PHRASE}谢谢`],
  ['in an address', `https://example.com/?say=${PHRASE}`],
  ['the word written twice', `DELETE-${PHRASE}`],
  ['the word with a one in it', 'DE1ETE-7K3M9Q2X'],
])('the phrase is found %s (P-D1)', (_how, message) => {
  expect(findPhrases(message)).toEqual([PHRASE]);
});

test.each([
  ['DELETE-OA2BIC3D', ['DELETE-0A2B1C3D']],
  ['delete-oa2blc3d', ['DELETE-0A2B1C3D']],
  ['delete oa2b ic3d', ['DELETE-0A2B1C3D']],
  ['DELETE-00000000', ['DELETE-00000000']],
  ['DELETE-ABCDEFGH', ['DELETE-ABCDEFGH']],
])('what people mistake for the letters of a phrase is understood: %s', (message, phrases) => {
  expect(findPhrases(message)).toEqual(phrases);
});

test('each of several phrases in a message is found once, in their order', () => {
  const message = 'First DELETE-7K3M9Q2X, then delete 4n5p6r7t; again: DELETE-7K3M9Q2X';
  expect(findPhrases(message)).toEqual(['DELETE-7K3M9Q2X', 'DELETE-4N5P6R7T']);
});

test.each(LANGUAGES)('our own words with the phrase, pasted back, hold it: %s', (language) => {
  const { phrase } = newRequestCodes();
  const statusUrl = 'https://example.com/privacy/requests/0123456789ABCDEFGHJKMNPQRS';
  const said = REQUEST_MESSAGES[language].confirmDeletion({ phrase, statusUrl });
  expect(findPhrases(said)).toEqual([phrase]);
  expect(findPhrases(said.replaceAll('\n', ' '))).toEqual([phrase]);
});

test.each([
  'delete messages',
  'Delete Messages',
  'delete-friendly',
  'a delete-friendly kitchen',
  'delete my data',
  'DELETE MY DATA NOW',
  'delete contacts',
  'please delete everything',
  'delete 20 things',
  'delete 2nd order',
  'delete - 24th item',
  'delete order AB123456',
  'delete AB123456',
  'delete 12345678',
  'delete 2026-12-01',
  'delete 1234 5678',
  'undelete-7K3M9Q2X',
  'DELETE-7K3M9Q2XY',
  'DELETE-7K3M9Q2',
  'DELETE-7K3M9Q2XPLEASE',
  'DELETE',
  'DELETE-',
  'deleted7k3m9q2x',
  'Löschen Sie bitte 7K3M9Q2X',
])('ordinary words are no phrase: %s', (message) => {
  expect(findPhrases(message)).toEqual([]);
});

const BETWEEN = ['-', '', ' ', '–', '—', '\u00ad', '-\n', ' - ', '\u200b-\u200b', '_', ': ', '-*'];
const AROUND = ['', '*', '_', '`', '"', '„', '(', '\u2068', '🙏 ', '\n', '\u00a0', '...'];
const aPhrase = fc
  .string({
    unit: fc.constantFrom(...READABLE_ALPHABET),
    minLength: 8,
    maxLength: 8,
  })
  .filter(isUnlikeWords);

test('a phrase is found however it is written (P-D1)', () => {
  const mistakes = { '0': ['0', 'O', 'o'], '1': ['1', 'I', 'l', 'L', 'i', 'ı'] };
  const written = fc
    .record({
      letters: aPhrase,
      between: fc.constantFrom(...BETWEEN),
      before: fc.constantFrom(...AROUND, 'ok: '),
      after: fc.constantFrom(...AROUND, '.', '!', ' please', '🙏'),
      inside: fc.constantFrom('', '\u200b', '\u00ad', '\u2060', ' ', '-', '\n'),
      cut: fc.nat({ max: 8 }),
      isLower: fc.boolean(),
      mistaken: fc.nat({ max: 30 }),
    })
    .map(({ letters, between, before, after, inside, cut, isLower, mistaken }) => {
      const typed = [...letters]
        .map((letter) => {
          const ways = letter === '0' || letter === '1' ? mistakes[letter] : [letter];
          return ways[mistaken % ways.length] ?? letter;
        })
        .join('');
      const parted = cut % 8 === 0 ? typed : typed.slice(0, cut) + inside + typed.slice(cut);
      const whole = `DELETE${between}${parted}`;
      return { letters, message: before + (isLower ? whole.toLowerCase() : whole) + after };
    });
  fc.assert(
    fc.property(written, ({ letters, message }) => {
      expect(findPhrases(message)).toEqual([`DELETE-${letters}`]);
    }),
    { numRuns: 2000 },
  );
});

test('no sentence of words and numbers is a phrase', () => {
  const word = fc.string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzäéß'),
    minLength: 1,
    maxLength: 12,
  });
  const number = fc.nat({ max: 99_999_999 }).map(String);
  const spoken = fc
    .array(fc.oneof({ weight: 5, arbitrary: word }, { weight: 1, arbitrary: number }), {
      minLength: 1,
      maxLength: 8,
    })
    // One number among words is a sentence; words and numbers by turns are a code.
    .filter((words) => words.filter((one) => /\d/.test(one)).length < 2);
  const gap = fc.constantFrom(' ', ' ', ' ', ', ', '. ', ': ', '\n', ' - ');
  fc.assert(
    fc.property(fc.constantFrom('delete', 'Delete', 'DELETE'), gap, spoken, (verb, join, words) => {
      expect(findPhrases(`please ${verb}${join}${words.join(' ')}`)).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test('every phrase that is handed out can be told from words', () => {
  for (let n = 0; n < 200; n += 1) {
    const { phrase } = newRequestCodes();
    expect(phrase).toMatch(/^DELETE-[0-9A-HJKMNP-TV-Z]{8}$/);
    expect(findPhrases(`say ${phrase.replace('-', ' ').toLowerCase()} now`)).toEqual([phrase]);
  }
});
