import fc from 'fast-check';

import { markdownPassages, MAX_PASSAGE_LENGTH } from '../../../lib/assistant/markdown-passages.ts';

const cut = (markdown: string) =>
  markdownPassages(markdown, 'house-rules.md').map(({ title, text }) => [title, text]);

test('each heading starts a passage, titled by the headings above it', () => {
  expect(
    cut('Before.\n# One\nA.\n## Two ##\nB.\n\nC.\n### Three\n## Four\nD.\n# Five\nE.'),
  ).toEqual([
    ['house rules', 'Before.'],
    ['One', 'A.'],
    ['One > Two', 'B.\n\nC.'],
    ['One > Four', 'D.'],
    ['Five', 'E.'],
  ]);
});

test('a level that is skipped does not lend its title to the next', () => {
  expect(cut('### Deep\nA.\n## Less deep\nB.')).toEqual([
    ['Deep', 'A.'],
    ['Less deep', 'B.'],
  ]);
});

test('notes for the author are left out: front matter and comments', () => {
  expect(cut('---\nowner: someone\n---\n# One\r\nA.<!-- not\nthis -->\r\nB.')).toEqual([
    ['One', 'A.\nB.'],
  ]);
});

test('a # inside a code fence is no heading', () => {
  expect(cut('# One\n```\n# comment\n~~~\n# too\n```\n# Two\nB.')).toEqual([
    ['One', '```\n# comment\n~~~\n# too\n```'],
    ['Two', 'B.'],
  ]);
});

test('a long section is cut at paragraph ends, a long paragraph after a sentence', () => {
  const sentence = `${'word '.repeat(99)}end.`;
  const passages = cut(`# Long\n${`${sentence}\n\n`.repeat(3)}${`${sentence} `.repeat(4)}`);
  expect(passages.length).toBeGreaterThan(3);
  for (const [title, text] of passages) {
    expect(title).toBe('Long');
    expect(text).toMatch(/end\.$/);
    expect(text?.length).toBeLessThanOrEqual(MAX_PASSAGE_LENGTH);
  }
});

test('whatever the text, no passage is empty or too long and no word is lost', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', ' ', '.', '\n'),
    maxLength: 6000,
    size: 'max',
  });
  fc.assert(
    fc.property(text, (markdown) => {
      const passages = markdownPassages(markdown, 'a.md');
      for (const passage of passages) {
        expect(passage.text.trim()).not.toBe('');
        expect(passage.text.length).toBeLessThanOrEqual(MAX_PASSAGE_LENGTH);
      }
      const letters = (some: string) => some.replaceAll(/\s/g, '');
      expect(letters(passages.map((passage) => passage.text).join(''))).toBe(letters(markdown));
    }),
    { numRuns: 200 },
  );
});
