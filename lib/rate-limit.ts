/** Lets so many calls through in each window of time, whoever makes them. It keeps nothing about anyone. */
export class RateLimit {
  readonly #most: number;
  readonly #windowMs: number;
  readonly #now: () => number;
  #windowEndsAt = 0;
  #taken = 0;

  constructor({ most, windowMs, now }: { most: number; windowMs: number; now: () => number }) {
    this.#most = most;
    this.#windowMs = windowMs;
    this.#now = now;
  }

  /** Null when the call may pass, else the milliseconds until the next one may. */
  take(): number | null {
    const now = this.#now();
    if (now >= this.#windowEndsAt) {
      this.#windowEndsAt = now + this.#windowMs;
      this.#taken = 0;
    }
    if (this.#taken >= this.#most) return this.#windowEndsAt - now;
    this.#taken += 1;
    return null;
  }
}
