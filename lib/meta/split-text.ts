import { CHANNEL_LIMITS } from '../../domain/channels.ts';
import type { Channel } from '../../domain/channels.ts';

/** How good a place is for a cut; of the places within the limit, the last of the best kind is taken. */
const CUT = { grapheme: 0, word: 1, sentence: 2, line: 3, paragraph: 4, end: 5 } as const;

/** What is never cut further: one grapheme, or a piece of one that alone is over the limit. */
interface Atom {
  text: string;
  start: number;
  size: number;
  blank: boolean;
}

// The root locale, so that the same text is cut alike on every host.
const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });
const WORDS = new Intl.Segmenter('und', { granularity: 'word' });
const SENTENCES = new Intl.Segmenter('und', { granularity: 'sentence' });

/**
 * The parts in which one text is sent, each within what the channel allows for a message.
 * Cut at a paragraph where one ends within the limit, else at a line, a sentence, a word; white space at a cut
 * goes, nothing else does. A blank text has no parts.
 */
export function splitText(channel: Channel, text: string): string[] {
  const { maximum } = CHANNEL_LIMITS[channel];
  const atoms = toAtoms(channel, text);
  const ranks = cutRanks(text, atoms, maximum);
  const parts: string[] = [];
  let from = 0;
  while (from < atoms.length) {
    let to = endOfPart(atoms, ranks, from, maximum);
    const part = text.slice(atoms[from]?.start, atoms[to]?.start);
    if (part.trim() !== '') parts.push(part);
    while (atoms[to]?.blank) to += 1;
    from = to;
  }
  return parts;
}

function endOfPart(atoms: Atom[], ranks: number[], from: number, maximum: number): number {
  let size = 0;
  let best = from + 1;
  for (let to = from; to < atoms.length; to += 1) {
    if (to > from && (ranks[to] ?? 0) >= (ranks[best] ?? 0)) best = to;
    size += atoms[to]?.size ?? 0;
    if (size > maximum) return best;
  }
  return atoms.length;
}

function toAtoms(channel: Channel, text: string): Atom[] {
  const { unit, maximum } = CHANNEL_LIMITS[channel];
  const measure = unit === 'bytes' ? (part: string) => Buffer.byteLength(part) : codePoints;
  const atoms: Atom[] = [];
  let start = 0;
  const add = (part: string) => {
    atoms.push({ text: part, start, size: measure(part), blank: part.trim() === '' });
    start += part.length;
  };
  for (const { segment } of GRAPHEMES.segment(text)) {
    // A letter under a thousand accents is one grapheme; only then are code points told apart.
    if (measure(segment) > maximum) for (const codePoint of segment) add(codePoint);
    else add(segment);
  }
  return atoms;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** For each atom, how good a cut just before it would be. Of a run of white space only the start is offered. */
function cutRanks(text: string, atoms: Atom[], maximum: number): number[] {
  const ranks: number[] = [];
  const sentenceEnds = ends(SENTENCES, text);
  let from = 0;
  while (from < atoms.length) {
    let to = from + 1;
    while (to < atoms.length && atoms[to]?.blank === atoms[from]?.blank) to += 1;
    const run = atoms.slice(from, to);
    const end = atoms[to]?.start ?? text.length;
    const rankOf = run[0]?.blank
      ? rankOfSpace(text.slice(run[0].start, end), end === text.length, sentenceEnds.has(end))
      : rankInToken(run, maximum, sentenceEnds);
    run.forEach((_, index) => ranks.push(rankOf(index)));
    from = to;
  }
  return ranks;
}

type RankOf = (index: number) => number;

function rankOfSpace(space: string, isLast: boolean, endsSentence: boolean): RankOf {
  const lineBreaks = space.match(/\r\n|[\n\r\u2028]/g)?.length ?? 0;
  let rank: number = endsSentence ? CUT.sentence : CUT.word;
  if (lineBreaks === 1) rank = CUT.line;
  if (lineBreaks > 1 || space.includes('\u2029')) rank = CUT.paragraph;
  if (isLast) rank = CUT.end;
  return (index) => (index === 0 ? rank : CUT.grapheme);
}

/**
 * Between two spaces: scripts that write without spaces end sentences there (never ASCII, whose `?` and `.` stand
 * inside addresses), and only a run that is over the limit by itself is cut between its words.
 */
function rankInToken(token: Atom[], maximum: number, sentenceEnds: Set<number>): RankOf {
  const isTooLong = token.reduce((sum, { size }) => sum + size, 0) > maximum;
  const wordEnds = isTooLong ? ends(WORDS, token.map(({ text }) => text).join('')) : new Set();
  const offset = token[0]?.start ?? 0;
  return (index) => {
    const [previous, here] = [token[index - 1], token[index]];
    if (!previous || !here) return CUT.grapheme;
    if (sentenceEnds.has(here.start) && /\P{ASCII}$/u.test(previous.text)) return CUT.sentence;
    return wordEnds.has(here.start - offset) ? CUT.word : CUT.grapheme;
  };
}

function ends(segmenter: Intl.Segmenter, text: string): Set<number> {
  const found = new Set<number>();
  for (const { index, segment } of segmenter.segment(text)) found.add(index + segment.length);
  return found;
}
