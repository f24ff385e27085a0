import fc from 'fast-check';
import {
  COUNTRIES_WITH_SPELLINGS,
  isSameWhatsAppNumber,
  whatsAppNumberKey,
  whatsAppSpellings,
} from '../../domain/whatsapp-number.ts';

test.each([
  ['Brazil, with and without the ninth digit', '+5588999120001', '+558899120001'],
  ['Brazil, in an area where WhatsApp keeps it', '+5511987650001', '+551187650001'],
  ['Mexico, with and without the 1', '+525512340001', '+5215512340001'],
  ['Argentina, with and without the 9', '+5491123450001', '+541123450001'],
  ['Argentina, with the 15 that is dialled at home', '+5491123450001', '+54111523450001'],
  ['Argentina, with both', '+5492644470001', '+549264154470001'],
  ['Argentina, from a small town', '+5492966410001', '+54296615410001'],
  ['Benin, with and without the 01', '+2290197120001', '+22997120001'],
  ["Côte d'Ivoire, of Moov", '+2250141230001', '+22541230001'],
  ["Côte d'Ivoire, of MTN", '+2250545120001', '+22545120001'],
  ["Côte d'Ivoire, of Orange", '+2250707120001', '+22507120001'],
])('P-D1 a number is one person in both spellings: %s', (_, key, spelling) => {
  expect(isSameWhatsAppNumber(key, spelling)).toBe(true);
  expect(whatsAppNumberKey(spelling)).toBe(key);
  expect(whatsAppNumberKey(key)).toBe(key);
});

test.each([
  ['a Brazilian landline has no ninth digit', '+551133330001', '+5511933330001'],
  ['two Brazilian areas', '+5588999120001', '+5589999120001'],
  ['two Mexican numbers', '+525512340001', '+525512340002'],
  ['a number of another country that begins alike', '+5215512340001', '+15512340001'],
  ['two operators of Côte d’Ivoire since 2021', '+2250501230001', '+2250701230001'],
  ['a number of Benin that never had eight digits', '+2290212345678', '+22912345678'],
])('numbers of two people stay apart: %s', (_, one, other) => {
  expect(isSameWhatsAppNumber(one, other)).toBe(false);
});

test('P-D1 every spelling of any number leads to the same key, and lists the same spellings', () => {
  const codes = fc.constantFrom('55', '521', '52', '549', '54', '229', '22901', '225', '1', '49');
  const number = fc
    .tuple(codes, fc.stringMatching(/^\d{8,11}$/))
    .map(([code, rest]) => `+${code}${rest}`);
  fc.assert(
    fc.property(number, (written) => {
      const [key, ...others] = whatsAppSpellings(written);
      expect(whatsAppNumberKey(key)).toBe(key);
      for (const other of others) expect(whatsAppSpellings(other)).toEqual([key, ...others]);
    }),
    { numRuns: 2000 },
  );
});

test('each country whose numbers have two spellings says where that can be read', () => {
  for (const { sources } of COUNTRIES_WITH_SPELLINGS) {
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) expect(source).toMatch(/^https:\/\//);
  }
});
