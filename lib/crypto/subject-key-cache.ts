import { POLICY } from '../../domain/policy.ts';
import type { SubjectCipher } from './subject-cipher.ts';

/**
 * Keeps opened keys in memory for at most a minute, so that a destroyed key does not live on in a process. The holder
 * of a cache asks every few seconds whose keys are destroyed, and evicts those sooner.
 */
export class SubjectKeyCache {
  readonly #capacity: number;
  readonly #now: () => number;
  readonly #entries = new Map<string, { cipher: SubjectCipher; expiresAt: number }>();

  constructor({ capacity, now }: { capacity: number; now: () => number }) {
    this.#capacity = capacity;
    this.#now = now;
  }

  get(subjectId: string): SubjectCipher | undefined {
    const entry = this.#entries.get(subjectId);
    if (entry === undefined) return undefined;
    if (entry.expiresAt > this.#now()) return entry.cipher;
    this.#entries.delete(subjectId);
    return undefined;
  }

  put(cipher: SubjectCipher): void {
    // Map keeps insertion order, so the first entry is the one that expires first.
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= this.#capacity && !oldest.done) this.#entries.delete(oldest.value);
    this.#entries.delete(cipher.subjectId);
    this.#entries.set(cipher.subjectId, { cipher, expiresAt: this.#now() + POLICY.keyCacheMs });
  }

  evict(subjectId: string): void {
    this.#entries.delete(subjectId);
  }

  /** Whose keys are held. */
  subjectIds(): string[] {
    return [...this.#entries.keys()];
  }

  /** Drops what has expired; called by a timer, so that an idle process holds no key either. */
  sweep(): void {
    for (const [subjectId, { expiresAt }] of this.#entries) {
      if (expiresAt > this.#now()) return;
      this.#entries.delete(subjectId);
    }
  }
}
