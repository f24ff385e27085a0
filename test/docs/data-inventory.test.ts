import { dataInventoryPage } from './data-inventory.ts';
import { checkoutFile } from './page-tables.ts';

test('docs/data-inventory.md is what domain/inventory.ts says; "npm run docs:inventory" writes it anew', () => {
  expect(checkoutFile('docs/data-inventory.md')).toBe(dataInventoryPage());
});
