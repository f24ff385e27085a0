import fc from 'fast-check';
import { isSameWhatsAppNumber } from '../../../domain/whatsapp-number.ts';
import { readWrittenNumber } from '../../../lib/meta/written-number.ts';

const GERMAN = '+4915112345678';
const EXAMPLE = '+15550100000';

test.each([
  ['a plus', '+49 151 12345678', GERMAN],
  ['two zeros', '0049 151 12345678', GERMAN],
  ['two zeros and a trunk zero in brackets', '0049 (0)151 12345678', GERMAN],
  ['a trunk zero in brackets', '+49 (0) 151/12345678', GERMAN],
  ['the country code in brackets', '(+49) 151-123 45678', GERMAN],
  [
    'an Italian zero in brackets, which is part of the number',
    '+39 (0)2 36618300',
    '+390236618300',
  ],
  ['a Russian 8 after the country code', '+7 8 912 345 67 89', '+79123456789'],
  ['Arabic-Indic digits', '+٤٩ ١٥١ ١٢٣٤٥٦٧٨', GERMAN],
  ['Arabic-Indic digits and two zeros', '٠٠٤٩١٥١١٢٣٤٥٦٧٨', GERMAN],
  ['Persian digits', '+۴۹ ۱۵۱ ۱۲۳۴۵۶۷۸', GERMAN],
  ['Devanagari digits', '+४९ १५१ १२३४५६७८', GERMAN],
  ['Bengali digits', '+৪৯ ১৫১ ১২৩৪৫৬৭৮', GERMAN],
  ['wide digits and a wide plus', '＋４９１５１１２３４５６７８', GERMAN],
  ['marks pasted from contacts', '\u202a+49 151 12345678\u202c', GERMAN],
  ['isolating marks and hyphens that do not break', '\u2066+1 (555) 010\u20110000\u2069', EXAMPLE],
  ['a soft hyphen and a zero-width space', '+49\u00ad151\u200b12345678', GERMAN],
  ['a link for telephones', 'tel:+49-151-12345678', GERMAN],
  ['a short link of WhatsApp', 'wa.me/4915112345678', GERMAN],
  ['a short link with a text', 'https://wa.me/4915112345678?text=hello', GERMAN],
  ['a link of WhatsApp', 'https://api.whatsapp.com/send?phone=4915112345678&text=x', GERMAN],
  [
    'a link of WhatsApp with an escaped plus',
    'https://api.whatsapp.com/send/?text=x&phone=%2B4915112345678',
    GERMAN,
  ],
  ['a link into the app', 'whatsapp://send?phone=4915112345678', GERMAN],
  ['a range that is kept for examples', '+1 555 010 0000', EXAMPLE],
])('P-D1 a number with %s is read', (_, written, number) => {
  expect(readWrittenNumber(written)).toEqual({ number });
});

test.each([
  ['Mexico, as WhatsApp writes it', '+5215512340001', '+52 55 1234 0001'],
  ['Mexico, with the prefix for calls from a mobile', '+52 044 55 1234 0001', '+52 55 1234 0001'],
  ['Brazil', '+55 88 9912-0001', '+55 88 9 9912-0001'],
  ['Argentina, as it is dialled at home', '+54 11 15 2345-0001', '+54 9 11 2345 0001'],
  ['Argentina, with both', '+54 9 11 15 2345 0001', '+54 9 11 2345 0001'],
  ['Benin', '+229 97 12 00 01', '+229 01 97 12 00 01'],
  ["Côte d'Ivoire", '+225 45 12 00 01', '+225 05 45 12 00 01'],
])(
  'P-D1 a number of %s is the same person as the one that is dialled from abroad',
  (_, one, other) => {
    const [first, second] = [readWrittenNumber(one), readWrittenNumber(other)];
    if (!('number' in first) || !('number' in second)) throw new Error('one was not read');
    expect(isSameWhatsAppNumber(first.number, second.number)).toBe(true);
  },
);

test.each([
  ['a Russian number as it is dialled at home', '8 912 345 67 89', 'no country code'],
  ['a German number as it is dialled at home', '0151 12345678', 'no country code'],
  ['a short one', '12345', 'no country code'],
  [
    'a country code without a sign, which other countries have as a number',
    '15012345678',
    'no country code',
  ],
  ['a prefix for calls abroad that only one country has', '011 49 151 12345678', 'no country code'],
  ['a sign before the prefix of a country', '+8 912 345 67 89', 'not possible'],
  ['a digit missing', '+1 650 555 123', 'not possible'],
  ['a country that does not exist', '+999 1234 56789', 'not possible'],
  ['an extension', '+1 201 555 0123 ext. 5', 'extension'],
  ['an extension in a link', 'tel:+1-201-555-0123;ext=5', 'extension'],
  ['an extension after a sign', '+1 201 555 0123#5', 'extension'],
  ['letters', '+1 800 FLOWERS', 'no number'],
  ['words', 'call me', 'no number'],
  ['a link without a number', 'https://wa.me/message/ABCDEF', 'no number'],
  ['nothing', '', 'no number'],
  ['two plus signs', '++4915112345678', 'no number'],
  ['a very long text', '+'.repeat(1_000_000), 'no number'],
])('P-D1 %s is asked for and never guessed', (_, written, problem) => {
  expect(readWrittenNumber(written)).toEqual({ problem });
});

test('P-D1 a number that was read and is entered again is read as the same', () => {
  const written = fc.stringMatching(/^(?:\+|00)[1-9][0-9 ().-]{6,14}$/);
  fc.assert(
    fc.property(written, (text) => {
      const once = readWrittenNumber(text);
      if (!('number' in once)) return;
      expect(once.number).toMatch(/^\+\d{6,17}$/);
      expect(readWrittenNumber(once.number)).toEqual(once);
    }),
    { numRuns: 2000 },
  );
});
