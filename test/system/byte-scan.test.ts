import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { formsOf, scanFolder } from './byte-scan.ts';

const folder = temporaryFolder();
const SECRET = 'a-secret-of-24-characters';
const forms = formsOf('it', SECRET);

function scanOf(content: string | Buffer) {
  writeFileSync(path.join(folder, 'file'), content);
  return scanFolder(folder, forms).map(({ form }) => form);
}

test.each<[string, (bytes: Buffer) => string | Buffer]>([
  ['plain', (bytes) => bytes],
  ['hex', (bytes) => bytes.toString('hex')],
  ['HEX', (bytes) => bytes.toString('hex').toUpperCase()],
  ['UTF-16LE', (bytes) => Buffer.from(bytes.toString('latin1'), 'utf16le')],
  ['UTF-16BE', (bytes) => Buffer.from(bytes.toString('latin1'), 'utf16le').swap16()],
])('%s is found', (form, encode) => {
  expect(scanOf(encode(Buffer.from(`before ${SECRET} after`)))).toContain(form);
});

test('base64 is found whatever bytes were encoded with it', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 5 }),
      fc.uint8Array({ maxLength: 5 }),
      fc.boolean(),
      (before, after, isUrl) => {
        const bytes = Buffer.concat([before, Buffer.from(SECRET), after]);
        const found = scanOf(`{"x":"${bytes.toString(isUrl ? 'base64url' : 'base64')}"}`);
        expect(found.filter((form) => form.endsWith(`after ${before.length % 3}`))).toHaveLength(1);
      },
    ),
  );
});

test('the two alphabets of base64 are both looked for where they differ', () => {
  const different = formsOf('it', Buffer.from([0xfb, 0xff, 0xfe, 0xfb, 0xff, 0xfe]));
  expect(different.filter(({ form }) => form.startsWith('base64url'))).toHaveLength(3);
});

test('what begins at the first byte, ends at the last, or lies in a folder of a folder is found', () => {
  mkdirSync(path.join(folder, 'one/two'), { recursive: true });
  writeFileSync(path.join(folder, 'one/two/deep'), SECRET);
  expect(scanFolder(folder, forms)).toContainEqual({
    file: 'one/two/deep',
    secret: 'it',
    form: 'plain',
  });
});

test('what is cut short or differs in its last byte is not found', () => {
  writeFileSync(path.join(folder, 'one/two/deep'), '');
  expect(scanOf(SECRET.slice(0, -1))).toEqual([]);
  expect(scanOf(`${SECRET.slice(0, -1)}X`)).toEqual([]);
});
