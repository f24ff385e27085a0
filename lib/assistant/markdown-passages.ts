import type { Passage } from '../../domain/assistant.ts';

/** A passage is about this long at most, in UTF-16 units: several fit beside a conversation. */
export const MAX_PASSAGE_LENGTH = 1200;

/**
 * Cuts Markdown into passages, one per heading, longer sections into several at paragraph ends.
 * A title is the path of headings. Front matter and HTML comments are the author's notes and are left out.
 */
export function markdownPassages(markdown: string, source: string): Passage[] {
  return sections(withoutNotes(markdown), source).flatMap(({ title, body }) =>
    packed(body).map((text) => ({ title, text, source })),
  );
}

interface Section {
  title: string;
  body: string;
}

function withoutNotes(markdown: string): string {
  return markdown
    .replaceAll('\r\n', '\n')
    .replace(/^---\n[\s\S]*?\n---(?:\n|$)/, '')
    .replace(/<!--[\s\S]*?-->/g, '');
}

function sections(markdown: string, source: string): Section[] {
  const found: Section[] = [];
  const headings: string[] = [];
  let lines: string[] = [];
  let fence: string | null = null;
  const close = () => {
    const title = headings.filter(Boolean).join(' > ') || nameOf(source);
    found.push({ title, body: lines.join('\n') });
    lines = [];
  };
  for (const line of markdown.split('\n')) {
    // A # inside a code fence is no heading.
    const mark = /^\s{0,3}(`{3,}|~{3,})/.exec(line)?.[1]?.slice(0, 3) ?? null;
    if (mark && (fence === null || fence === mark)) fence = fence === null ? mark : null;
    const heading = fence === null ? /^(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/.exec(line) : null;
    if (!heading) {
      lines.push(line);
      continue;
    }
    close();
    const [, marks = '', words = ''] = heading;
    const depth = marks.length;
    headings.length = Math.min(headings.length, depth - 1);
    while (headings.length < depth - 1) headings.push('');
    headings.push(words);
  }
  close();
  return found;
}

function packed(body: string): string[] {
  const texts: string[] = [];
  let current = '';
  for (const piece of body.split(/\n\s*\n/).flatMap((paragraph) => pieces(paragraph.trim()))) {
    if (current && current.length + 2 + piece.length > MAX_PASSAGE_LENGTH) {
      texts.push(current);
      current = '';
    }
    current = current ? `${current}\n\n${piece}` : piece;
  }
  if (current) texts.push(current);
  return texts;
}

/** A paragraph that fits whole, else its parts, cut after a line, a sentence or a word, whichever is there. */
function pieces(paragraph: string): string[] {
  const cut: string[] = [];
  let rest = paragraph;
  while (rest.length > MAX_PASSAGE_LENGTH) {
    const head = rest.slice(0, MAX_PASSAGE_LENGTH);
    const end = Math.max(head.lastIndexOf('\n'), head.lastIndexOf('. ') + 1);
    const at = end > 0 ? end : Math.max(head.lastIndexOf(' '), 0) || MAX_PASSAGE_LENGTH;
    cut.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trim();
  }
  return rest ? [...cut, rest] : cut;
}

function nameOf(source: string): string {
  const base = source.split('/').at(-1) ?? source;
  return base.replace(/\.md$/i, '').replaceAll(/[-_]+/g, ' ');
}
