import { maskedHandle, maskedNumber } from '../../domain/masked-account.ts';

test('a masked account shows its owner which one it is, and nobody else', () => {
  expect(maskedNumber('+1 555 010 0042')).toBe('+1 ••• ••• ••42');
  expect(maskedNumber('+44 7700 900123')).toBe('+4• •••• ••••23');
  expect(maskedHandle('example.name')).toBe('@e•••e');
  expect(maskedHandle('ab')).toBe('@a•••');
});
