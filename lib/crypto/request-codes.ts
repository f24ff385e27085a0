import { createHmac, randomBytes } from 'node:crypto';
import { isUnlikeWords, PHRASE_LETTERS } from '../../domain/deletion-phrase.ts';
import { readable } from '../../domain/readable-code.ts';
import type { KeyRing } from './key-ring.ts';

/** A request's code opens its status page; the phrase, sent from the person's own account, proves that it is them. */
export interface RequestCodes {
  /** 128 bits as 26 letters and digits. */
  code: string;
  /** `DELETE-` and 8 letters and digits, some 38 bits; few tries are allowed. */
  phrase: string;
}

export function newRequestCodes(): RequestCodes {
  return { code: readable(randomBytes(17), 26), phrase: newPhrase() };
}

/** Drawn again until it cannot be taken for a word. */
function newPhrase(): string {
  for (;;) {
    const letters = readable(randomBytes(5), PHRASE_LETTERS);
    if (isUnlikeWords(letters)) return `DELETE-${letters}`;
  }
}

/** Codes are stored as keyed hashes alone: the database does not tell them, and nobody can try them against a copy. */
export class CodeHash {
  readonly #pepper: Buffer;

  constructor(ring: KeyRing) {
    this.#pepper = ring.secret('identifier pepper');
  }

  of(kind: 'code' | 'phrase', value: string): Buffer {
    return createHmac('sha256', this.#pepper)
      .update(JSON.stringify([kind, value]))
      .digest();
  }

  /** The code of a request that Meta may send again: the same request gives the same code. */
  ofMeta(what: 'meta request' | 'app removed', userId: string | null, issuedAt: number): string {
    const digest = createHmac('sha256', this.#pepper)
      .update(JSON.stringify([what, userId, issuedAt]))
      .digest();
    return readable(digest.subarray(0, 17), 26);
  }
}
