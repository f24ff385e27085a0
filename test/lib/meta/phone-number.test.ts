import fc from 'fast-check';
import { phoneNumber } from '../../../lib/meta/phone-number.ts';

test.each([
  ['a WhatsApp id', '16505551234', '+16505551234'],
  ['E.164', '+16505551234', '+16505551234'],
  ['a number as people write it', '+1 (650) 555-1234', '+16505551234'],
  [
    'a number with the trunk zero that is not dialled from abroad',
    '+44 (0)20 7946 0018',
    '+442079460018',
  ],
  ['an Italian number, whose zero is its own', '390236618300', '+390236618300'],
  ['a number in a range kept for examples', '15550783881', '+15550783881'],
  ['a Mexican WhatsApp id with its old mobile digit', '5215512345678', '+5215512345678'],
  ['a number of no known country', '999123456789', '+999123456789'],
])('%s is written in E.164', (_, written, expected) => {
  expect(phoneNumber(written)).toBe(expected);
});

test('an unknown number loses no digit, which could make it another person', () => {
  expect(phoneNumber('110655501234')).not.toBe(phoneNumber('10655501234'));
});

test.each([
  ['a placeholder', 'PHONE_NUMBER'],
  ['a number with letters in it', '1650555abcd'],
  ['nothing', ''],
  ['a plus alone', '+'],
  ['two plus signs', '++16505551234'],
  ['too few digits', '1234'],
  ['too many digits', '1'.repeat(21)],
  ['digits of another script', '١٦٥٠٥٥٥١٢٣٤'],
  ['a number with an extension', '+16505551234;ext=5'],
  ['a very long text', ' '.repeat(1_000_000)],
])('%s is no phone number', (_, written) => {
  expect(phoneNumber(written)).toBeNull();
});

test('writing a number in E.164 again changes nothing', () => {
  const digits = fc.stringMatching(/^[1-9]\d{4,14}$/);
  fc.assert(
    fc.property(digits, (written) => {
      const once = phoneNumber(written);
      expect(once).toMatch(/^\+\d{5,20}$/);
      expect(phoneNumber(once ?? '')).toBe(once);
    }),
    { numRuns: 1000 },
  );
});
