import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { deriveKey, open, seal, SealBroken } from '../../../lib/crypto/envelope.ts';

const key = randomBytes(32);
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const context = fc.array(fc.string(), { minLength: 1, maxLength: 4 });

test('what was sealed opens to the same bytes in the same context', () => {
  fc.assert(
    fc.property(bytes, context, (plaintext, place) => {
      expect(open(key, seal(key, plaintext, place), place)).toEqual(plaintext);
    }),
  );
});

test('a sealed value with any bit changed does not open', () => {
  const sealed = seal(key, Buffer.from('a few words'), ['here']);
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => open(key, changed, ['here'])).toThrow(SealBroken);
  }
});

test('a sealed value cut short at any length does not open', () => {
  const sealed = seal(key, Buffer.from('a few words'), ['here']);
  for (let length = 0; length < sealed.length; length += 1) {
    expect(() => open(key, sealed.subarray(0, length), ['here'])).toThrow(SealBroken);
  }
});

test('contexts that read the same when joined are still different places', () => {
  const sealed = seal(key, Buffer.from('x'), ['a', 'bc']);
  expect(() => open(key, sealed, ['ab', 'c'])).toThrow(SealBroken);
  expect(() => open(key, sealed, ['a', 'bc', ''])).toThrow(SealBroken);
});

test('two sealings of the same text have no bytes in common but the format', () => {
  const [one, two] = [seal(key, Buffer.alloc(64), ['x']), seal(key, Buffer.alloc(64), ['x'])];
  expect(one.subarray(1).equals(two.subarray(1))).toBe(false);
  expect(one.subarray(13, 29).equals(two.subarray(13, 29))).toBe(false);
});

test('keys for two purposes are different', () => {
  expect(deriveKey(key, 'sealing').equals(deriveKey(key, 'fingerprint'))).toBe(false);
});
