/**
 * Tells of something that may happen many times a second: the first time at once, then at most once every `everyMs`.
 */
export class TellSeldom {
  readonly #everyMs: number;
  readonly #now: () => number;
  readonly #tell: (times: number) => void;
  #nextAt = 0;
  #untold = 0;

  /** `tell` gets how often it has happened since the last call. */
  constructor(options: { everyMs: number; now: () => number; tell: (times: number) => void }) {
    this.#everyMs = options.everyMs;
    this.#now = options.now;
    this.#tell = options.tell;
  }

  happened(): void {
    this.#untold += 1;
    const now = this.#now();
    if (now < this.#nextAt) return;
    this.#nextAt = now + this.#everyMs;
    this.#tell(this.#untold);
    this.#untold = 0;
  }
}
