import { readFileSync } from 'node:fs';
import { BROKEN_BUILDS } from './broken-builds.ts';
import { BROKEN_ERASURES } from './broken-erasures.ts';
import { hasTest } from './has-test.ts';
import { countPlaces } from './workshop.ts';

const BUILDS = [...BROKEN_BUILDS, ...BROKEN_ERASURES];

// Whether the tests find them takes minutes: `npm run faults -- broken`.
test.each(BUILDS)('"$name" can still be built: each change fits exactly once', ({ changes }) => {
  expect(changes.map((change) => countPlaces(change))).toEqual(changes.map(() => 1));
  for (const { from, to } of changes) expect(to).not.toBe(from);
});

test.each(BUILDS)('the test that is to find "$name" exists', ({ trippedBy: { file, test } }) => {
  const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  expect(hasTest(source, test)).toBe(true);
});

test.each([
  ['on %s a text arrives', true],
  ['on whatsapp a text arrives', true],
  ['a text arrives', false],
  ['on whatsapp a text arrived', false],
  ['alone', true],
])('a test file may have a test "%s": %s', (name, isThere) => {
  const source = `describe.each(CHANNELS)('on %s', () => { test('a text arrives', f); });\ntest('alone', f);`;
  expect(hasTest(source, name)).toBe(isThere);
});

test('no two broken builds have one name', () => {
  expect(new Set(BUILDS.map(({ name }) => name)).size).toBe(BUILDS.length);
});
