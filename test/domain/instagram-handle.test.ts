import fc from 'fast-check';
import { readWrittenHandle } from '../../domain/instagram-handle.ts';

test.each([
  ['a handle', 'my.own_name'],
  ['a handle with its sign', '@my.own_name'],
  ['capitals', '@My.Own_Name'],
  ['spaces around it', '  @my.own_name '],
  ['marks that show as nothing', '\u2066@my.own_name\u2069'],
  ['wide letters', '＠ｍｙ.own_name'],
  ['an address', 'instagram.com/my.own_name'],
  ['an address as the app shares it', 'https://www.instagram.com/my.own_name/?igsh=MTIzNA=='],
  ['an address as the app opens it', 'https://instagram.com/_u/my.own_name'],
  ['an address for messages', 'https://ig.me/m/my.own_name'],
])('P-D1 %s is read', (_, written) => {
  expect(readWrittenHandle(written)).toEqual({ handle: 'my.own_name' });
});

test.each([
  ['dots alone', '...'],
  ['two dots together', 'a..b'],
  ['a dot at the end', 'name.'],
  ['a dot at the beginning', '.name'],
  ['more than thirty characters', 'a'.repeat(31)],
  ['a space within', 'my name'],
  ['letters of another script', 'exаmple'],
  ['two signs', '@@name'],
  ['an address of nobody', 'https://www.instagram.com/'],
  ['an address of a picture', 'https://www.instagram.com/p/Cabc123/'],
  ['a hyphen', 'my-name'],
  ['nothing', ''],
  ['a very long text', '@'.repeat(1_000_000)],
])('P-D1 %s is no handle that Instagram gives', (_, written) => {
  expect(readWrittenHandle(written)).toEqual({ problem: 'no handle' });
});

test.each(['@my_instagram_handle', 'YOUR_USERNAME', 'instagram.com/your_handle'])(
  'P-D1 the words of a template, %s, are nobody',
  (written) => {
    expect(readWrittenHandle(written)).toEqual({ problem: 'placeholder' });
  },
);

test('P-D1 a handle that was read and is entered again is read as the same', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^@?[A-Za-z0-9._]{1,32}$/), (text) => {
      const once = readWrittenHandle(text);
      if ('handle' in once) expect(readWrittenHandle(`@${once.handle}`)).toEqual(once);
    }),
    { numRuns: 1000 },
  );
});
