import { createCipheriv, createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Identifier } from '../../domain/events.ts';
import { whatsAppSpellings } from '../../domain/whatsapp-number.ts';
import { deriveKey } from './envelope.ts';
import type { KeyRing } from './key-ring.ts';

/** Where an identifier is looked up: `block` is 16 bytes under that version of the bucket's index key. */
export interface IndexEntry {
  bucket: number;
  version: bigint;
  block: Buffer;
}

/**
 * Finds people by equality of an identifier, without the identifier being stored (policy C3, D3).
 * The stored block is the keyed hash encrypted under a key of its bucket: with the bucket's old key destroyed,
 * an old copy of the block cannot be tested even by someone who holds the pepper.
 */
export class IdentifierIndex {
  readonly #ring: KeyRing;
  readonly #pepper: KeyObject;

  constructor(ring: KeyRing) {
    this.#ring = ring;
    this.#pepper = createSecretKey(ring.secret('identifier pepper'));
  }

  /** The bucket in which a person with this identifier is entered, on one business account; it never changes. */
  bucketOf(account: string, identifier: Identifier): number {
    return this.#bucketOf(account, spellingsOf(identifier)[0]);
  }

  /** All buckets in which somebody with this identifier may be found: one for each spelling. */
  bucketsOf(account: string, identifier: Identifier): number[] {
    return spellingsOf(identifier).map((spelling) => this.#bucketOf(account, spelling));
  }

  /**
   * Entries under every existing version of the bucket's key, newest first; then those of a number's other spellings,
   * under which people were entered before one spelling stood for all. Hold the buckets' locks while using them.
   */
  entriesOf(account: string, identifier: Identifier): [IndexEntry, ...IndexEntry[]] {
    const [first, ...others] = spellingsOf(identifier);
    return [
      ...this.#entriesOf(account, first),
      ...others.flatMap((spelling) => this.#entriesOf(account, spelling)),
    ];
  }

  /** What stands for each spelling of an identifier before it is encrypted: 16 bytes. Never stored as it is. */
  hashesOf(account: string, identifier: Identifier): Buffer[] {
    return spellingsOf(identifier).map((spelling) => this.#hashOf(account, spelling));
  }

  #bucketOf(account: string, spelling: Identifier): number {
    return this.#hash('bucket', account, spelling).readUInt16BE(0) & 0x3ff;
  }

  #entriesOf(account: string, spelling: Identifier): [IndexEntry, ...IndexEntry[]] {
    const bucket = this.#bucketOf(account, spelling);
    const hash = this.#hashOf(account, spelling);
    const [newest, ...older] = this.#ring.bucketKeys(bucket);
    const entry = ({ version, key }: { version: bigint; key: Buffer }): IndexEntry => ({
      bucket,
      version,
      block: encryptBlocks(deriveKey(key, 'identifier index'), hash),
    });
    return [entry(newest), ...older.map(entry)];
  }

  #hashOf(account: string, spelling: Identifier): Buffer {
    return this.#hash('identifier', account, spelling).subarray(0, BLOCK_BYTES);
  }

  #hash(purpose: string, account: string, { kind, value }: Identifier): Buffer {
    return createHmac('sha256', this.#pepper)
      .update(JSON.stringify([purpose, kind, account, value]))
      .digest();
  }
}

/** An identifier in each of its spellings, the one that stands for the person first. */
function spellingsOf({ kind, value }: Identifier): [Identifier, ...Identifier[]] {
  if (kind !== 'whatsapp phone') return [{ kind, value }];
  const [first, ...others] = whatsAppSpellings(value);
  return [{ kind, value: first }, ...others.map((spelling) => ({ kind, value: spelling }))];
}

/** One AES block. */
export const BLOCK_BYTES = 16;

/** The stored form of hashes under a bucket's index key, one AES block each. */
export function encryptBlocks(key: Buffer, blocks: Buffer): Buffer {
  // Blocks of hashes need no mode: equal input must give equal output, or it could not be found.
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(blocks), cipher.final()]);
}
