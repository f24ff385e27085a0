import { sleep } from '@temporalio/workflow';

/**
 * Tells when nothing has happened for a while. One long timer is kept and renewed only when it fires,
 * so that a turn adds no timer events to the history.
 */
export class IdleClock {
  readonly #limitMs: number;
  #lastActivityAt = Date.now();
  hasPassed = false;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  touch(): void {
    this.#lastActivityAt = Date.now();
  }

  async run(): Promise<void> {
    while (!this.hasPassed) {
      const leftMs = this.#lastActivityAt + this.#limitMs - Date.now();
      if (leftMs > 0) await sleep(leftMs, { summary: 'session idle' });
      else this.hasPassed = true;
    }
  }
}
