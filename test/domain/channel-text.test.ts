import fc from 'fast-check';
import { asChannelText } from '../../domain/channel-text.ts';
import { CHANNELS } from '../../domain/channels.ts';
import { splitText } from '../../lib/meta/split-text.ts';

test.each([
  [
    '**bold** and *soft* and ***both***',
    '*bold* and _soft_ and *_both_*',
    'bold and soft and both',
  ],
  ['__bold__ and _soft_ and ~~gone~~', '*bold* and _soft_ and ~gone~', 'bold and soft and gone'],
  ['# Opening hours\nMonday', '*Opening hours*\nMonday', 'Opening hours\nMonday'],
  ['### **Prices** ###\n', '*Prices*', 'Prices'],
  ['* one\n- two\n+ three', '- one\n- two\n- three', '• one\n• two\n• three'],
  ['- [ ] buy\n- [x] bake', '- ☐ buy\n- ☑ bake', '• ☐ buy\n• ☑ bake'],
  ['1. one\n2. two', '1. one\n2. two', '1. one\n2. two'],
  ['- **Rye**: 5 €', '- *Rye*: 5 €', '• Rye: 5 €'],
  [
    'see [our page](https://example.com/a_b_c)',
    'see our page (https://example.com/a_b_c)',
    'see our page (https://example.com/a_b_c)',
  ],
  ['[https://example.com/](https://example.com)', 'https://example.com/', 'https://example.com/'],
  [
    '**[menu](https://example.com/x "The menu")**',
    '*menu (https://example.com/x)*',
    'menu (https://example.com/x)',
  ],
  [
    '<https://example.com/x> and [home](/)',
    'https://example.com/x and home',
    'https://example.com/x and home',
  ],
  ['[write](mailto:a@example.com)', 'write (a@example.com)', 'write (a@example.com)'],
  [
    'see [this][1]\n\n[1]: https://example.com/y',
    'see this (https://example.com/y)',
    'see this (https://example.com/y)',
  ],
  [
    '![a loaf](https://example.com/loaf.png)',
    'a loaf (https://example.com/loaf.png)',
    'a loaf (https://example.com/loaf.png)',
  ],
  ['say `HUMAN` now', 'say `HUMAN` now', 'say HUMAN now'],
  ['```text\na\nb\n```', '```\na\nb\n```', 'a\nb'],
  ['```\nnever closed', 'never closed', 'never closed'],
  ['> quoted\nnot', '> quoted\nnot', 'quoted\nnot'],
  ['a\n\n---\n\nb', 'a\n\nb', 'a\n\nb'],
  [
    '| Bread | Price |\n|---|---:|\n| Rye | 5 € |',
    'Bread · Price\nRye · 5 €',
    'Bread · Price\nRye · 5 €',
  ],
  ['one<br>two<br/><b>three</b> <i>four</i>', 'one\ntwo\n*three* _four_', 'one\ntwo\nthree four'],
  [
    '<a href="https://example.com/z">there</a>',
    'there (https://example.com/z)',
    'there (https://example.com/z)',
  ],
  [
    '2*3*4 = 24, 5 * 3 * 2 and one_two_three',
    '2*3*4 = 24, 5 * 3 * 2 and one_two_three',
    '2*3*4 = 24, 5 * 3 * 2 and one_two_three',
  ],
  ['5\\*3 and #12, 3 < 4 > 2', '5*3 and #12, 3 < 4 > 2', '5*3 and #12, 3 < 4 > 2'],
  ['super**toll**', 'supertoll', 'supertoll'],
  ['**never closed', 'never closed', 'never closed'],
  ['``` `## a heading', 'a heading', 'a heading'],
  ['**over\ntwo lines**', 'over\ntwo lines', 'over\ntwo lines'],
  ['*Please note*: closed', '_Please note_: closed', 'Please note: closed'],
  ['<**think**>secret</think>said', 'said', 'said'],
  ['4111 **1111** 1111 1111', '4111 *1111* 1111 1111', '•••• 1111'],
])('%j is %j on WhatsApp and %j on Instagram', (written, onWhatsApp, onInstagram) => {
  expect(asChannelText('whatsapp', written)).toBe(onWhatsApp);
  expect(asChannelText('instagram', written)).toBe(onInstagram);
});

const pieces = fc.constantFrom(
  ...['**', '*', '_', '__', '~~', '`', '```', '\n', ' ', '# ', '## ', '- ', '> ', '[', '](', ')'],
  ...['https://example.com/a_b', '<think>', '</think>', '<b>', '</b>', '\\*', '|', '---', '!'],
  ...['bread', 'é', '5 €', '👨‍👩‍👧', '\u2800', '1. ', '\ue000', 'snake_case'],
);

test('whatever the marks, what is shown has none that Instagram would show, no thoughts, and fits the channel', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (units) => {
      const written = units.join('');
      const [plain, marked] = [
        asChannelText('instagram', written),
        asChannelText('whatsapp', written),
      ];
      expect(plain).not.toMatch(/\*\*|~~|`|^#{1,6}\s|^>\s|\]\(http/m);
      expect(marked).not.toMatch(/\*\*|~~|^#{1,6}\s|\]\(http/m);
      expect(plain + marked).not.toMatch(/<\/?think>|[\ue000-\uf8ff]/);
      for (const channel of CHANNELS) {
        const measure =
          channel === 'instagram' ? Buffer.byteLength : (text: string) => [...text].length;
        const limit = channel === 'instagram' ? 1000 : 4096;
        const parts = splitText(channel, asChannelText(channel, written.repeat(40)));
        expect(parts.every((part) => measure(part) <= limit)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
