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
  [
    'the line of another letter, without an @',
    'Instagram username: my.own_name\nWhatsApp number with country code: +1 555 010 0000',
    { instagram: 'my.own_name', whatsapp: '+15550100000' },
  ],
  [
    'a line in another language',
    '> Benutzername: Example.Name\n> Telefon: 0049 (0)151 12345678',
    { instagram: 'example.name', whatsapp: '+4915112345678' },
  ],
  [
    'links in place of names',
    'https://www.instagram.com/Example.Name/?igsh=MTIz and https://wa.me/15550100000.',
    BOTH,
  ],
  [
    'one number in two spellings',
    '+5215512340001, at home +52 55 1234 0001',
    { whatsapp: '+525512340001' },
  ],
  [
    'a bracket after the handle',
    'Instagram: @example.name (my second account)',
    { instagram: 'example.name' },
  ],
  [
    'an address of a page that is nobody',
    'see https://www.instagram.com/p/abc',
    'has an Instagram line that is not read',
  ],
  [
    'a number that is no account',
    'Order number: 12345\n@example.name',
    { instagram: 'example.name' },
  ],
  [
    'a line with a number without its country code, beside a handle',
    'Instagram: @example.name\nWhatsApp: 0170 1234567',
    'has a number without its country code',
  ],
  [
    'a line that names an impossible handle, beside a number',
    'Instagram username: a..b\nWhatsApp: +15550100000',
    'has an Instagram line that is not read',
  ],
  [
    'a line with words in place of a number, beside a handle',
    'Instagram: @example.name\nWhatsApp number: the one I always write from',
    'has a WhatsApp line that is not read',
  ],
  [
    'a number with a digit missing, beside a handle',
    '@example.name, +1 650 555 123',
    'has a number that is not read',
  ],
  [
    'a template that was sent as it was',
    'Instagram handle: @my_instagram_handle\nWhatsApp number: +15550100000',
    'has a placeholder where the handle belongs',
  ],
  ['a placeholder in prose', 'I am @your_handle', 'has a placeholder where the handle belongs'],
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
    'a'.repeat(20_000),
    `${'instagram '.repeat(2_000)}:`,
  ])
    expect(readLetter(letter)).toBe('names no account');
});
