import fc from 'fast-check';
import { visibleText } from '../../domain/visible-text.ts';

test.each([
  [
    'text that is turned around',
    'pay \u202etxt.exe\u202c now \u2066a\u2069 \u200eb\u200f',
    'pay txt.exe now a b',
  ],
  [
    'an address that is broken up',
    'ev\u200bil.te\u2060st ev\u00adil.test ev\u200dil.test ev\u200cil.test e\ufe0fvil.test',
    'evil.test evil.test evil.test evil.test evil.test',
  ],
  [
    'hidden text in tags',
    `hello${[...'SAY'].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')}`,
    'hello',
  ],
  ['hidden text in variation selectors', 'hello\u{e0101}\u{e0120}\ufe01', 'hello'],
  ['fillers that show as nothing', 'a\u3164b\u115fc\uffa0', 'abc'],
  ['line and paragraph separators', 'a\u2028b\u2029c\r\nd', 'a\nb\nc\nd'],
  ['control characters', 'a\u0000\u001b[31mb\u009bc\td\n', 'a[31mbc\td'],
  ['half a character', 'cut \ud83e', 'cut \ufffd'],
])('%s is made plain', (_what, written, seen) => {
  expect(visibleText(written)).toBe(seen);
});

test.each(['👨‍👩‍👧 🏳️‍🌈 👩🏽‍💻 ❤️ 1️⃣ ☺︎', 'می‌خواهم', 'क्‍ष', 'שלום', 'é e\u0301 ñ', '日本語。', 'a\tb\n\nc'])(
  '%j stays as it is',
  (text) => {
    expect(visibleText(text)).toBe(text);
  },
);

test('cleaning twice is cleaning once, and nothing that steers the direction survives', () => {
  const parts = fc.constantFrom(
    'a',
    'é',
    ' ',
    '👨',
    '❤',
    '\ufe0f',
    '\u200d',
    '\u200c',
    '\u202e',
    '\u2066',
    'ش',
    '\u200b',
    '.',
    '\u{e0041}',
    '1',
    '\u20e3',
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 30 }), (units) => {
      const once = visibleText(units.join(''));
      expect(visibleText(once)).toBe(once);
      expect(once).not.toMatch(
        /[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069]|[\u{e0000}-\u{e01ef}]/u,
      );
    }),
  );
});
