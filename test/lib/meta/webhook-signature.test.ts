import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { verifySignature } from '../../../lib/meta/webhook-signature.ts';

const SECRET = 'app-secret-one';
const ESCAPED = String.raw`{"text":"\u00e4\u00f6\u00e5 \ud83d\ude00 https:\/\/example.com"}`;

/** Computed with another implementation of HMAC-SHA256. */
const VECTORS = [
  [
    'plain',
    '{"object":"instagram"}',
    'a8c1ebe9c71d8a8ac10b3e315d0d18a0e0c81640585d84403cf67714211c721c',
  ],
  ['escaped', ESCAPED, 'c2f645c25597b0e249ff92287386a4a0403fcb9a268c68010d4d02898daccb27'],
  [
    'unescaped',
    '{"text":"äöå"}',
    '38949d4859222d6e0c72a4ba815256eb01edbd5fed386de7235686f97d92a128',
  ],
  ['empty', '', 'a7adbf36f557764aebf26d5504e037e402055f834b9f515bdf5be3555f2aa525'],
] as const;

function signed(body: Buffer, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

test.each(VECTORS)('the known signature of a body that is %s matches', (_, body, hex) => {
  expect(verifySignature(Buffer.from(body), `sha256=${hex}`, [SECRET])).toBe(true);
});

test('the bytes are verified as sent: the same JSON written with other escapes does not match', () => {
  const header = signed(Buffer.from(ESCAPED), SECRET);
  const rewritten = Buffer.from(JSON.stringify(JSON.parse(ESCAPED)));
  expect(verifySignature(rewritten, header, [SECRET])).toBe(false);
});

test('bytes that are not UTF-8 are verified as they are', () => {
  const body = Buffer.from([0xff, 0xfe, 0x00, 0xc3]);
  expect(verifySignature(body, signed(body, SECRET), [SECRET])).toBe(true);
});

test('any one of several secrets matches, wherever it stands', () => {
  const body = Buffer.from('{}');
  const header = signed(body, SECRET);
  expect(verifySignature(body, header, [SECRET, 'other', 'third'])).toBe(true);
  expect(verifySignature(body, header, ['other', SECRET, 'third'])).toBe(true);
  expect(verifySignature(body, header, ['other', 'third', SECRET])).toBe(true);
  expect(verifySignature(body, header, ['other', 'third'])).toBe(false);
});

test('no secrets and empty secrets match nothing, not even what the empty secret signed', () => {
  const body = Buffer.from('{}');
  const header = signed(body, '');
  expect(verifySignature(body, header, [])).toBe(false);
  expect(verifySignature(body, header, [''])).toBe(false);
  expect(verifySignature(body, header, ['', SECRET])).toBe(false);
  expect(verifySignature(body, signed(body, SECRET), ['', SECRET])).toBe(true);
});

test.each([
  ['is missing', undefined],
  ['is empty', ''],
  ['has no algorithm', VECTORS[0][2]],
  ['names SHA-1', `sha1=${VECTORS[0][2]}`],
  ['names its algorithm in upper case', `SHA256=${VECTORS[0][2]}`],
  ['is written in upper case', `sha256=${VECTORS[0][2].toUpperCase()}`],
  ['is one digit short', `sha256=${VECTORS[0][2].slice(1)}`],
  ['is one digit long', `sha256=${VECTORS[0][2]}0`],
  ['ends with a line break', `sha256=${VECTORS[0][2]}\n`],
  ['begins with a space', ` sha256=${VECTORS[0][2]}`],
  ['is given twice', `sha256=${VECTORS[0][2]}, sha256=${VECTORS[0][2]}`],
  ['is not hex', `sha256=${'z'.repeat(64)}`],
])('a header that %s is refused', (_, header) => {
  expect(verifySignature(Buffer.from(VECTORS[0][1]), header, [SECRET])).toBe(false);
});

test('one flipped bit of the body fails', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.nat(7), (bytes, place, bit) => {
      const header = signed(Buffer.from(bytes), SECRET);
      expect(verifySignature(Buffer.from(bytes), header, [SECRET])).toBe(true);
      expect(verifySignature(flipped(Buffer.from(bytes), place, bit), header, [SECRET])).toBe(
        false,
      );
    }),
  );
});

test('one flipped bit of the header fails, at every place', () => {
  const body = Buffer.from('{"object":"instagram"}');
  const header = Buffer.from(signed(body, SECRET), 'latin1');
  for (let place = 0; place < header.length; place += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const changed = flipped(header, place, bit).toString('latin1');
      expect(verifySignature(body, changed, [SECRET])).toBe(false);
    }
  }
});

test('no header and no body ever throws', () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
      fc.array(fc.string()),
      (body, header, secrets) => {
        expect(verifySignature(Buffer.from(body), header, secrets)).toBe(false);
      },
    ),
  );
});

function flipped(bytes: Buffer, place: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  const at = place % copy.length;
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << bit), at);
  return copy;
}
