import { foreignLinks } from '../../domain/reply-links.ts';

test.each<[string, string[]]>([
  ['Order at https://example.com/cakes, or call.', []],
  ['See www.example.com or shop.example.com.', []],
  ['See HTTPS://EXAMPLE.COM/x', []],
  ['Write to hello@example.com or me@elsewhere.example.', []],
  ['It is 2.40 euros, e.g. at 7.30 a.m. in the shop.Come by', []],
  ['See https://example.com.evil.test/cakes', ['example.com.evil.test']],
  ['See https://example.com@evil.test/', ['evil.test']],
  ['See notexample.com', ['notexample.com']],
  ['See (http://evil.test). And evil.test, and evil.test/x', ['evil.test']],
  ['See http://127.0.0.1:80/x', ['127.0.0.1']],
  ['See EVIL.TEST, EXAMPLE.COM and Shop.Come by', ['evil.test']],
  ['See ｅｖｉｌ．ｔｅｓｔ or evil。com', ['evil.test', 'evil.com']],
  ['See почта.рф', ['xn--80a1acny.xn--p1ai']],
  ['See ftp://evil.test/x', ['evil.test']],
  ['See https://exаmple.com with a Cyrillic letter', ['xn--exmple-4nf.com']],
])('in %j the hosts that are not ours are %j', (reply, expected) => {
  expect(foreignLinks(reply, ['example.com'])).toEqual(expected);
});

test('with an empty list every link is foreign', () => {
  expect(foreignLinks('See example.com', [])).toEqual(['example.com']);
});
