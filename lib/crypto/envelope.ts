import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + NONCE_BYTES;

/** Thrown when a sealed value is not what, where or whose it claims to be. It says nothing about the content. */
export class SealBroken extends Error {
  override name = 'SealBroken';
  constructor() {
    super('A sealed value did not open: it was changed, moved, or its key is gone.');
  }
}

/** 32 bytes. Where one key is used again and again, as a KeyObject: Node makes a cipher of it in a fifth of the time. */
export type EnvelopeKey = Buffer | KeyObject;

/**
 * AES-256-GCM with a random nonce. `context` is authenticated, so the value opens only where it was sealed.
 * Layout: format (1 byte), nonce (12), ciphertext, tag (16).
 */
export function seal(key: EnvelopeKey, plaintext: Buffer, context: readonly string[]): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(encodeContext(context));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.of(FORMAT), nonce, ciphertext, cipher.getAuthTag()]);
}

/** The reverse of `seal`; throws `SealBroken` for anything but the exact value, key and context. */
export function open(key: EnvelopeKey, sealed: Buffer, context: readonly string[]): Buffer {
  if (sealed.length < HEADER_BYTES + TAG_BYTES || sealed[0] !== FORMAT) throw new SealBroken();
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, HEADER_BYTES));
  decipher.setAAD(encodeContext(context));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const plaintext = decipher.update(sealed.subarray(HEADER_BYTES, -TAG_BYTES));
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    throw new SealBroken();
  }
}

/** A 32-byte key for one purpose, so that no key ever serves two. */
export function deriveKey(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `mayfly ${purpose}`, 32));
}

function encodeContext(context: readonly string[]): Buffer {
  // JSON keeps ["a","bc"] and ["ab","c"] apart, which a plain join would not.
  return Buffer.from(JSON.stringify(context));
}
