import { hideCardNumbers } from '../../domain/card-numbers.ts';

test.each([
  ['4111111111111111', '•••• 1111'],
  ['Your card 4111 1111 1111 1111, right?', 'Your card •••• 1111, right?'],
  ['4111-1111-1111-1111', '•••• 1111'],
  ['3782 822463 10005', '•••• 0005'],
  ['5500\u00a00000\u00a00000\u00a00004 and 6011000990139424', '•••• 0004 and •••• 9424'],
])('in %j the card number is hidden', (written, shown) => {
  expect(hideCardNumbers(written)).toBe(shown);
});

test.each([
  'Call +351 21 123 4567 or +351912345678901',
  'Order 4111111111111112',
  'Open 10 12 14 16 18 20 22 24',
  'ISBN 9780306406157',
  '2026-11-24 09:30, 12.50 euros',
  '41111111111111111111111',
])('%j stays as it is', (text) => {
  expect(hideCardNumbers(text)).toBe(text);
});
