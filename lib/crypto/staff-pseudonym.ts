import { createHmac } from 'node:crypto';
import { deriveKey } from './envelope.ts';
import type { KeyRing } from './key-ring.ts';

const PSEUDONYM_BYTES = 16;

/**
 * Names a member of staff in the ledger without saying who it is: the same one always has the same pseudonym, and only
 * someone who holds the key ring and knows the issuer's id of a person can tell that it is theirs.
 */
export class StaffPseudonyms {
  readonly #key: Buffer;

  constructor(ring: Pick<KeyRing, 'secret'>) {
    this.#key = deriveKey(ring.secret('identifier pepper'), 'staff pseudonym');
  }

  /** 32 hex digits. */
  of(issuer: string, subject: string): string {
    const digest = createHmac('sha256', this.#key)
      .update(JSON.stringify([issuer, subject]))
      .digest();
    return digest.subarray(0, PSEUDONYM_BYTES).toString('hex');
  }
}
