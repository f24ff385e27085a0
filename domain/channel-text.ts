import { hideCardNumbers } from './card-numbers.ts';
import type { Channel } from './channels.ts';
import { plainLinks } from './markdown-links.ts';
import { withoutThinking } from './thinking.ts';
import { visibleText } from './visible-text.ts';

/** What stands for a mark while a text is converted: none of these can come from outside, see `toMarks`. */
const MARK = {
  bold: '\ue000',
  italic: '\ue001',
  strike: '\ue002',
  code: '\ue003',
  fence: '\ue004',
};
/** A sign that was escaped, as `\*`, so that it is no mark. */
const LITERAL = { '*': '\ue008', _: '\ue009', '~': '\ue00a', '`': '\ue00b' };
const PLACEHOLDERS = /[\ue000-\ue00f]/g;

/** WhatsApp's own marks (Help Center, "How to format your messages"); Instagram shows no marks, so it has none here. */
const WHATSAPP_MARKS: Record<string, string> = {
  [MARK.bold]: '*',
  [MARK.italic]: '_',
  [MARK.strike]: '~',
  [MARK.code]: '`',
};
const BULLETS = { whatsapp: '- ', instagram: '• ' } as const satisfies Record<Channel, string>;

/**
 * A model's text as the channel shows it: Markdown and HTML become WhatsApp's marks, and plain text on Instagram, where
 * marks would be shown as they are.
 */
export function asChannelText(channel: Channel, text: string): string {
  const clean = (marked: string) => hideCardNumbers(visibleText(withoutThinking(tidy(marked))));
  const said = visibleText(withoutThinking(visibleText(text)));
  if (channel === 'whatsapp') return clean(whatsAppMarks(toMarks(channel, said)));
  // No mark may be left here, and taking some out can join what they kept apart into another.
  return untilStable(said, (turned) => clean(toMarks(channel, turned).replace(PLACEHOLDERS, '')));
}

/** Each round but the last takes something out, so few are needed for a text of any sense. */
const MOST_ROUNDS = 20;

function untilStable(text: string, turn: (text: string) => string): string {
  let before: string;
  let after = text;
  let rounds = 0;
  do {
    before = after;
    after = turn(before);
    rounds += 1;
  } while (after !== before && rounds < MOST_ROUNDS);
  return after;
}

function toMarks(channel: Channel, text: string): string {
  const source = fromHtml(text.replace(PLACEHOLDERS, ''))
    .replace(/\\([*_~`])/g, (_, sign: keyof typeof LITERAL) => LITERAL[sign])
    .replace(/\\([\\{}[\]()#+\-.!|>])/g, '$1');
  const turn = (rest: string) => withoutLeftovers(inline(blocks(channel, rest)));
  return plainLinks(source, (rest) => untilStable(rest, turn))
    .replace(/([\ue008-\ue00b])\1+/g, '$1')
    .replace(/[\ue008-\ue00b]/g, (sign) => '*_~`'[sign.charCodeAt(0) - 0xe008] ?? '');
}

function fromHtml(text: string): string {
  return text
    .replace(/<br\s*\/?>|<\/(?:p|div|li|h[1-6]|ul|ol|tr)>/gi, '\n')
    .replace(/<li[^<>]*>/gi, '- ')
    .replace(/<\/?(?:b|strong|h[1-6])>/gi, '**')
    .replace(/<\/?(?:i|em)>/gi, MARK.italic)
    .replace(/<\/?(?:s|del|strike)>/gi, '~~')
    .replace(/<\/?(?:code|pre)>/gi, '`')
    .replace(/<a\s[^<>]*?href="([^"<>]*)"[^<>]*>([^<>]*)<\/a>/gi, '[$2]($1)')
    .replace(/<\/?(?:p|div|span|u|ul|ol|table|tbody|thead|tr|td|th|a)(?:\s[^<>]*)?>/gi, '');
}

function blocks(channel: Channel, text: string): string {
  return text
    .split('\n')
    .map((line) => block(channel, line))
    .filter((line) => line !== null)
    .join('\n');
}

/** One line without what gives it a shape; null for a line that is nothing but shape. */
function block(channel: Channel, line: string): string | null {
  if (/^\s*(?:`{3,}|~{3,})[\w+-]*\s*$/.test(line)) return MARK.fence;
  // Rules, the lines under headings, and those that divide a table's head from its rows.
  if (/^\s*(?:([-*_=])(?:\s*\1){2,}|\|?(?:\s*:?-{2,}:?\s*\|)+\s*(?::?-{2,}:?)?)\s*$/.test(line))
    return null;
  const quote = /^\s*(?:>\s?)+/.exec(line)?.[0] ?? '';
  const rest = line.slice(quote.length);
  const quoted = quote !== '' && channel === 'whatsapp' ? '> ' : '';
  const heading = /^\s*#{1,6}(?:\s+(?<words>.*?))?(?:\s+#+)?\s*$/.exec(rest);
  if (heading) {
    const words = (heading.groups?.words ?? '').replace(/\*\*|__/g, '');
    return quoted + (words && `${MARK.bold}${words}${MARK.bold}`);
  }
  const row = /^\s*\|(?<cells>.+)\|\s*$/.exec(rest)?.groups?.cells;
  if (row !== undefined)
    return (
      quoted +
      row
        .split('|')
        .map((cell) => cell.trim())
        .join(' · ')
    );
  const [item, indent = '', task = ''] = /^(\s*)[-*+]\s+(\[[ xX]\]\s+)?/.exec(rest) ?? [];
  if (item === undefined) return quoted + rest;
  const box = task === '' ? '' : /x/i.test(task) ? '☑ ' : '☐ ';
  return `${quoted}${indent}${BULLETS[channel]}${box}${rest.slice(item.length)}`;
}

/** A single sign marks only at the edge of a word: `2*3*4` and `one_two_three` have no marks. */
const EDGE_BEFORE = String.raw`(?<![\p{L}\p{N}*_])`;
const EDGE_AFTER = String.raw`(?![\p{L}\p{N}*_])`;
const inWords = (sign: string) => String.raw`(?!\s)([^\n${sign}]*[^\s${sign}])`;

const INLINE: readonly (readonly [RegExp, string])[] = [
  [/`{2,}\s*([^`\n]+?)\s*`{2,}/g, `${MARK.code}$1${MARK.code}`],
  [/`([^`\n]+)`/g, `${MARK.code}$1${MARK.code}`],
  [
    /\*{3}\s*([^\s*](?:[^\n]*?[^\s*])?)\s*\*{3}/g,
    `${MARK.bold}${MARK.italic}$1${MARK.italic}${MARK.bold}`,
  ],
  [/\*{2}\s*([^\s*](?:[^\n]*?[^\s*])?)\s*\*{2}/g, `${MARK.bold}$1${MARK.bold}`],
  [/~{2}\s*([^\s~](?:[^\n]*?[^\s~])?)\s*~{2}/g, `${MARK.strike}$1${MARK.strike}`],
  [
    new RegExp(`${EDGE_BEFORE}_{2,3}${inWords('_')}_{2,3}${EDGE_AFTER}`, 'gu'),
    `${MARK.bold}$1${MARK.bold}`,
  ],
  [
    new RegExp(String.raw`${EDGE_BEFORE}\*${inWords('*')}\*${EDGE_AFTER}`, 'gu'),
    `${MARK.italic}$1${MARK.italic}`,
  ],
  [
    new RegExp(`${EDGE_BEFORE}_${inWords('_')}_${EDGE_AFTER}`, 'gu'),
    `${MARK.italic}$1${MARK.italic}`,
  ],
];

function inline(text: string): string {
  return INLINE.reduce((turned, [pattern, marks]) => turned.replace(pattern, marks), text);
}

/** Marks that were opened and never closed, or that go over several lines. */
function withoutLeftovers(text: string): string {
  return text
    .replace(/\*{2,}|~{2,}|`+/g, '')
    .replaceAll('](', ' (')
    .replace(
      /(?<![\p{L}\p{N}])_{2,3}(?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}])_{2,3}(?![\p{L}\p{N}])/gu,
      '',
    );
}

/** A mark beside a letter does not count on WhatsApp, and would be shown as it is. */
function whatsAppMarks(turned: string): string {
  let marked = turned;
  for (const [mark, sign] of Object.entries(WHATSAPP_MARKS)) {
    const pair = new RegExp(
      `(?<![\\p{L}\\p{N}])${mark}([^${mark}\n]+)${mark}(?![\\p{L}\\p{N}])`,
      'gu',
    );
    marked = marked.replace(pair, (_, words: string) =>
      words.trim() === '' ? words : `${sign}${words.trim()}${sign}`,
    );
  }
  const fences = marked.split(MARK.fence);
  const closed =
    fences.length % 2 === 0 ? [...fences.slice(0, -2), fences.slice(-2).join('')] : fences;
  return closed
    .join('```')
    .replace(PLACEHOLDERS, '')
    .replace(/\*{2,}/g, '*')
    .replace(/~{2,}/g, '~');
}

function tidy(text: string): string {
  return text
    .replace(/[ \t]+$/gm, '')
    .replace(/^[ \t]*(?:#{1,6}\s+)+/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
