import fc from 'fast-check';

import { CHANNELS } from '../../../domain/channels.ts';
import type { Channel } from '../../../domain/channels.ts';
import { splitText } from '../../../lib/meta/split-text.ts';

const MAXIMUM = { instagram: 1000, whatsapp: 4096 } as const;

function sizeOf(channel: Channel, text: string): number {
  return channel === 'instagram' ? Buffer.byteLength(text) : [...text].length;
}

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
function visibleGraphemes(text: string): string[] {
  return [...segmenter.segment(text)]
    .map((each) => each.segment)
    .filter((each) => each.trim() !== '');
}

/** `count` words of nine letters and one space each: ten bytes and ten characters a word. */
function words(count: number): string {
  return Array.from({ length: count }, (_, i) => `Word${String(i).padStart(5, '0')}`).join(' ');
}

describe('what fits', () => {
  test.each(CHANNELS)('a text at the limit of %s is sent as it is', (channel) => {
    const text = 'a'.repeat(MAXIMUM[channel]);
    expect(splitText(channel, text)).toEqual([text]);
  });

  test.each(CHANNELS)('a short text on %s keeps its own white space', (channel) => {
    expect(splitText(channel, '  Hello,\n\n  there \n')).toEqual(['  Hello,\n\n  there \n']);
  });

  test.each(CHANNELS)('a blank text on %s has no parts', (channel) => {
    expect(splitText(channel, '')).toEqual([]);
    expect(splitText(channel, ' \n\t ')).toEqual([]);
    expect(splitText(channel, ' '.repeat(10_000))).toEqual([]);
  });

  test('Instagram counts bytes and WhatsApp counts characters', () => {
    expect(splitText('instagram', 'é'.repeat(500))).toHaveLength(1);
    expect(splitText('instagram', 'é'.repeat(501))).toHaveLength(2);
    expect(splitText('whatsapp', '😀'.repeat(4096))).toHaveLength(1);
    expect(splitText('whatsapp', '😀'.repeat(4097))).toHaveLength(2);
  });

  test('a text of 1001 bytes is split in two', () => {
    expect(splitText('instagram', 'a'.repeat(1001))).toEqual(['a'.repeat(1000), 'a']);
  });

  test('white space beyond the limit at the end makes no second part', () => {
    const text = `${'a'.repeat(500)}\n\n${'b'.repeat(490)}`;
    expect(splitText('instagram', text + ' '.repeat(50))).toEqual([text]);
  });
});

describe('where it is cut', () => {
  test('at the last paragraph that ends within the limit, before any other place', () => {
    const [first, second] = [`${words(30)}.`, `${words(60)}.\n${words(20)}. ${words(5)}.`];
    expect(splitText('instagram', `${first}\n \n${second}`)).toEqual([first, second]);
  });

  test('at the last line where no paragraph ends within the limit', () => {
    const [first, second] = [`${words(40)}.`, `${words(50)}. ${words(30)}`];
    expect(splitText('instagram', `${first}\r\n${second}`)).toEqual([first, second]);
  });

  test('at the last sentence where no line ends within the limit', () => {
    const [first, second] = [`${words(40)}.`, `${words(80)}.`];
    expect(splitText('instagram', `${first} ${second}`)).toEqual([first, second]);
  });

  test('at the last word where no sentence ends within the limit', () => {
    expect(splitText('instagram', words(150))).toEqual([words(100), words(150).slice(1000)]);
  });

  test('a sentence in a script without spaces ends at its full stop', () => {
    const [first, second] = [`${'天'.repeat(200)}。`, `${'地'.repeat(300)}。`];
    expect(splitText('instagram', first + second)).toEqual([first, second]);
  });

  test('a run over the limit is cut between its words, where its script has any', () => {
    for (const part of splitText('instagram', '東京都に住んでいます'.repeat(60))) {
      expect(part).toMatch(/^(東京|都|に|住|います)/);
    }
  });

  test('an address is not cut at its question mark', () => {
    const address = `https://example.com/${'a'.repeat(80)}?q=${'b'.repeat(80)}`;
    const parts = splitText('instagram', `${words(90)} ${address}`);
    expect(parts).toEqual([words(90), address]);
  });

  test('a word over the limit is cut, and the word before it is not', () => {
    const parts = splitText('instagram', `hello ${'a'.repeat(1500)}`);
    expect(parts).toEqual(['hello', 'a'.repeat(1000), 'a'.repeat(500)]);
  });
});

describe('what is never broken', () => {
  test.each(['👨‍👩‍👧‍👦', '🇧🇷', 'e\u0301', '👍🏽', '\u0915\u094d\u0937\u093f'])(
    'the grapheme %s',
    (grapheme) => {
      for (const offset of [0, 1, 2, 3]) {
        const text = 'a'.repeat(offset) + grapheme.repeat(2000);
        expect(splitText('instagram', text).flatMap(visibleGraphemes)).toEqual(
          visibleGraphemes(text),
        );
      }
    },
  );

  test('a space that carries an accent is not white space', () => {
    const text = `${'a'.repeat(1000)} \u0301b`;
    expect(splitText('instagram', text)).toEqual(['a'.repeat(1000), ' \u0301b']);
  });

  test('one grapheme over the limit is cut between code points', () => {
    const text = `a${'\u0301'.repeat(1200)}`;
    const parts = splitText('instagram', text);
    expect(parts.join('')).toBe(text);
    expect(parts.map((part) => Buffer.byteLength(part))).toEqual([999, 1000, 402]);
  });
});

describe('for any text', () => {
  // Making a failing text smaller may take longer than anyone waits for.
  const WITHIN = { numRuns: 50, interruptAfterTimeLimit: 40_000, markInterruptAsFailure: true };

  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.string({ unit: 'grapheme', maxLength: 300, size: 'max' }) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 300, size: 'max' }) },
    {
      weight: 6,
      arbitrary: fc.string({
        unit: fc.constantFrom('a', 'b', 'é', ' ', '.', '\n', '界', '。'),
        maxLength: 900,
        size: 'max',
      }),
    },
    { weight: 2, arbitrary: fc.nat(1500).map((length) => 'x'.repeat(length)) },
    { weight: 1, arbitrary: fc.nat(700).map((length) => `e${'\u0301'.repeat(length)}`) },
    { weight: 4, arbitrary: fc.constantFrom(' ', '\n', '\n\n', '. ', '\r\n\r\n', '\u2029', '   ') },
  );
  const anyText = fc.array(piece, { maxLength: 30, size: 'max' }).map((pieces) => pieces.join(''));

  test.each(CHANNELS)('every part on %s is within the limit, and none is blank', (channel) => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const part of splitText(channel, text)) {
          expect(part.trim()).not.toBe('');
          expect(sizeOf(channel, part)).toBeLessThanOrEqual(MAXIMUM[channel]);
        }
      }),
      WITHIN,
    );
  });

  test.each(CHANNELS)('nothing but white space is lost on %s', (channel) => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parts = splitText(channel, text);
        expect(parts.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
        expect(
          parts.length === 1 && sizeOf(channel, text) <= MAXIMUM[channel] ? parts[0] : text,
        ).toBe(text);
      }),
      WITHIN,
    );
  });

  test.each(CHANNELS)('no grapheme that fits is broken on %s', (channel) => {
    fc.assert(
      fc.property(anyText, (text) => {
        const graphemes = visibleGraphemes(text);
        fc.pre(graphemes.every((grapheme) => sizeOf(channel, grapheme) <= MAXIMUM[channel]));
        expect(splitText(channel, text).flatMap(visibleGraphemes)).toEqual(graphemes);
      }),
      WITHIN,
    );
  });

  test.each(CHANNELS)('no word that fits is broken on %s', (channel) => {
    const plainWord = fc.string({
      unit: fc.constantFrom('a', 'é', '.', '?', '/', '7', '-'),
      minLength: 1,
      maxLength: 900,
      size: 'max',
    });
    const space = fc.constantFrom(' ', '\n', '\n\n', '  ');
    const texts = fc
      .array(fc.tuple(plainWord, space), { maxLength: 30, size: 'max' })
      .map((pairs) => pairs.flat().join(''));
    fc.assert(
      fc.property(texts, (text) => {
        const all = text.split(/\s+/).filter((word) => word !== '');
        fc.pre(all.every((word) => sizeOf(channel, word) <= MAXIMUM[channel]));
        const split = splitText(channel, text).flatMap((part) =>
          part.split(/\s+/).filter((word) => word !== ''),
        );
        expect(split).toEqual(all);
      }),
      WITHIN,
    );
  });

  test('the time to split grows with the length, not its square', () => {
    const started = performance.now();
    expect(splitText('instagram', `${words(100_000)}`).join(' ')).toBe(words(100_000));
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
