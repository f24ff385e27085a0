import fc from 'fast-check';

import { html as markup } from '../../lib/html.ts';
import type { HtmlValue } from '../../lib/html.ts';

// Under its own name the formatter would tidy these templates, and with them what is tested.

/** Any text, but with the characters that matter to a browser far more often than by chance. */
const MARKS = ['<', '>', '"', "'", '&', '=', '/', '`', '<!--', '-->', '</p>', '<script>', ' x='];
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...MARKS, '&quot;', '&#39;', '\0'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

const SHOWN: Record<string, string> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

/** What a browser shows for the escapes that we write; nothing else in it is markup, which the tests check first. */
function unescaped(text: string): string {
  return text.replace(/&(?:lt|gt|quot|amp|#39);/g, (escape) => SHOWN[escape]!);
}

/** What stands between the first part and the last, which must be there unchanged. */
function between(text: string, first: string, last: string): string {
  expect(text.startsWith(first)).toBe(true);
  expect(text.endsWith(last)).toBe(true);
  return text.slice(first.length, text.length - last.length);
}

test('no text can leave the text it stands in', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const inside = between(String(markup`<p>${text}</p>`), '<p>', '</p>');
      expect(inside).not.toMatch(/[<>]/);
      expect(inside).not.toMatch(/&(?!(?:lt|gt|quot|amp|#39);)/);
      expect(unescaped(inside)).toBe(text);
    }),
  );
});

test('no text can leave a quoted attribute, whichever the quotes', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const double = between(String(markup`<a title="${text}">x</a>`), '<a title="', '">x</a>');
      const single = between(String(markup`<a title='${text}'>x</a>`), "<a title='", "'>x</a>");
      for (const inside of [double, single]) {
        expect(inside).not.toMatch(/["'<>]/);
        expect(unescaped(inside)).toBe(text);
      }
    }),
  );
});

test('text goes through any depth of templates and arrays escaped exactly once', () => {
  const nested = fc.letrec<{ value: HtmlValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      hostile,
      fc.array(tie('value'), { maxLength: 3 }),
      tie('value').map((value) => markup`<b>${value}</b>`),
    ),
  })).value;
  fc.assert(
    fc.property(nested, hostile, (value, text) => {
      const plain = String(markup`<i>${text}</i>`);
      const deep = String(markup`<div>${[value, [markup`<i>${text}</i>`]]}</div>`);
      expect(deep.endsWith(`${plain}</div>`)).toBe(true);
      expect(deep.replace(/<\/?(?:b|i|div)>/g, '')).not.toMatch(/[<>]/);
    }),
  );
});

test('numbers are written, and nothing is written for null, undefined and false', () => {
  expect(String(markup`<p>${0}|${1.5}|${null}|${undefined}|${false}</p>`)).toBe('<p>0|1.5|||</p>');
});

test('arrays are joined without anything in between', () => {
  const items = ['a', 'b<'].map((text) => markup`<li>${text}</li>`);
  expect(String(markup`<ul>${items}</ul>`)).toBe('<ul><li>a</li><li>b&lt;</li></ul>');
});

test('an attribute can be there or not', () => {
  const option = (isChosen: boolean) =>
    String(markup`<option value="${'"'}"${isChosen && markup` selected`}>x</option>`);
  expect(option(true)).toBe('<option value="&quot;" selected>x</option>');
  expect(option(false)).toBe('<option value="&quot;">x</option>');
});

describe('a value in a place that escaping cannot make safe is a mistake that shows at once', () => {
  const text = 'onerror';
  test.each([
    ['an attribute without quotes', () => markup`<p title=${text}></p>`],
    ['an attribute without quotes, after a space', () => markup`<p title= ${text}></p>`],
    ['the middle of an attribute without quotes', () => markup`<a href=/people/${text}></a>`],
    ['an attribute after one that holds a >', () => markup`<p class="a>" title=${text}></p>`],
    ['the name of an attribute', () => markup`<p ${text}></p>`],
    ['the name of an element', () => markup`<${text}></p>`],
    ['a script', () => markup`<script>const a = "${text}";</script>`],
    ['a style', () => markup`<style media="all">p { color: ${text} }</style>`],
    ['markup in an attribute', () => markup`<p title="${markup`<b></b>`}"></p>`],
  ])('%s', (_place, build) => {
    expect(build).toThrow(TypeError);
  });
});

test('after a script has ended, text is text again', () => {
  const page = markup`<script src="/a.js"></script><p>${'<'}</p>`;
  expect(String(page)).toBe('<script src="/a.js"></script><p>&lt;</p>');
});

test('an object or a boolean is refused, not written as it happens to print itself', () => {
  const object = { toString: () => '<b>' } as unknown as HtmlValue;
  expect(() => markup`<p>${object}</p>`).toThrow(TypeError);
  expect(() => markup`<p>${true as unknown as HtmlValue}</p>`).toThrow(TypeError);
});
