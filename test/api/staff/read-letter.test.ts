import { readLetter } from '../../../api/staff/read-letter.ts';

const BOTH = { instagram: 'example.name', whatsapp: '+15550100000' };

test.each<[string, string, ReturnType<typeof readLetter>]>([
  [
    'our own letter, filled in',
    'Subject: Data Deletion Request\n\nPlease delete all data that Example Bakery holds about me.\nInstagram handle: @example.name\nWhatsApp number with country code: +15550100000\n',
    BOTH,
  ],
  [
    'our own letter with one line left empty',
    'Instagram handle: @\nWhatsApp number with country code: +1 (555) 010-0000',
    { whatsapp: '+15550100000' },
  ],
  [
    'a handle without its @ in the line that asks for it',
    'Instagram handle: Example.Name\nWhatsApp number with country code: +',
    { instagram: 'example.name' },
  ],
  [
    'a quoted letter with prose around it',
    'Hello,\n> my Instagram is @Example.Name.\n> and I write from +1 555 010 0000, thanks!\nMe <me@example.com>',
    BOTH,
  ],
  ['wide digits and signs', 'Instagram: ＠example.name, ＋１５５５０１０００００', BOTH],
  [
    'a number with other dashes and spaces',
    '+1\u00a0555\u2013010\u20130000',
    { whatsapp: '+15550100000' },
  ],
  ['the same account twice', '@example.name and @EXAMPLE.NAME', { instagram: 'example.name' }],
  ['a mail address alone', 'me@example.com', 'names no account'],
  ['nothing', '', 'names no account'],
  ['a number without its country code', 'call 555 010 0000', 'names no account'],
  ['two numbers', '+15550100000 or +15550100001', 'names several accounts of one kind'],
  ['two handles', '@one and @two', 'names several accounts of one kind'],
])('%s is read', (_case, letter, read) => {
  expect(readLetter(letter)).toEqual(read);
});

test('a long letter that means nothing is read to its end', () => {
  for (const letter of [
    '@'.repeat(20_000),
    '+1 '.repeat(6_600),
    '> '.repeat(10_000),
    '+'.repeat(20_000),
  ])
    expect(readLetter(letter)).toBe('names no account');
});
