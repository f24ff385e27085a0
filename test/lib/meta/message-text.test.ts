import fc from 'fast-check';
import { MAXIMUM_TEXT_LENGTH, messageText } from '../../../lib/meta/message-text.ts';

test('a text is kept as it is, with its spaces, controls and joined characters', () => {
  const text = '  a\u0000b\r\n\u202e\ufeff\u0065\u0301 👩‍👩‍👧 ';
  expect(messageText.parse(text)).toBe(text);
});

test('half a character becomes the sign for an unreadable one', () => {
  expect(messageText.parse('a\ud83d b\ude00')).toBe('a\ufffd b\ufffd');
});

test('a text is cut at its maximum length and no earlier', () => {
  const longest = 'x'.repeat(MAXIMUM_TEXT_LENGTH);
  expect(messageText.parse(longest)).toBe(longest);
  expect(messageText.parse(`${longest}y`)).toBe(longest);
});

test('the cut never goes through a character', () => {
  const almost = 'x'.repeat(MAXIMUM_TEXT_LENGTH - 1);
  expect(messageText.parse(`${almost}😀`)).toBe(almost);
});

test('half a character becomes that sign also in a text that is cut', () => {
  const kept = messageText.parse(`\ud83d${'x'.repeat(MAXIMUM_TEXT_LENGTH)}`);
  expect(kept).toBe(`\ufffd${'x'.repeat(MAXIMUM_TEXT_LENGTH - 1)}`);
});

test('an empty text, one that shows as nothing, and what is not a text, is none', () => {
  const blank = [
    '',
    ' \n',
    '\u00a0\u3000',
    '\u200b\ufeff\u2060',
    '\u2800',
    '\ufe0f',
    '\u0000',
    '\u3164\uffa0',
  ];
  for (const none of [...blank, undefined, null, 5, ['a'], { body: 'a' }]) {
    expect(messageText.safeParse(none).success).toBe(false);
  }
});

test('every text that is kept is well-formed and bounded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(30_000), (piece, times) => {
      const kept = messageText.parse(`a${piece.repeat(times + 1)}`);
      expect(kept.isWellFormed()).toBe(true);
      expect(kept.length).toBeLessThanOrEqual(MAXIMUM_TEXT_LENGTH);
    }),
    { numRuns: 50 },
  );
});
