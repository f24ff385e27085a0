import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { STAND_IN_MODES } from '../stand-in-control.ts';
import type { StandInMode } from '../stand-in-control.ts';

/** Longer than a person likes to wait, shorter than the worker waits for one call. */
const SLOW_MS = 8_000;
const MAX_BODY_BYTES = 200;
const wanted = z.strictObject({ mode: z.enum(STAND_IN_MODES) });

/** The stand-in's behaviour, which the simulator can change. It lives as long as the process. */
export class StandInControl {
  readonly #slowMs: number;
  #mode: StandInMode = 'as usual';

  constructor(slowMs = SLOW_MS) {
    this.#slowMs = slowMs;
  }

  get isDown(): boolean {
    return this.#mode === 'down';
  }

  /** How long an answer is held back. */
  get delayMs(): number {
    return this.#mode === 'slow' ? this.#slowMs : 0;
  }

  /**
   * Answers a request to the control's address. A page of another site can send neither JSON nor a local `Host` here
   * without being asked first.
   */
  async answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    if (!isLocal(request.headers.host)) return refused(403, 'This is for the same machine only.');
    if (request.method === 'GET') return { status: 200, body: { mode: this.#mode } };
    if (request.method !== 'POST') return refused(405, 'Send GET or POST.');
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
      return refused(415, 'Send JSON.');
    }
    if (Number(request.headers['content-length'] ?? Infinity) > MAX_BODY_BYTES) {
      return refused(413, 'Send less, and its length.');
    }
    const parsed = wanted.safeParse(parsedJson(await text(request)));
    if (!parsed.success) return refused(422, `The mode is one of: ${STAND_IN_MODES.join(', ')}.`);
    this.#mode = parsed.data.mode;
    return { status: 200, body: { mode: this.#mode } };
  }
}

function refused(status: number, detail: string): { status: number; body: object } {
  return { status, body: { error: detail } };
}

function isLocal(host: string | undefined): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host ?? '');
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
