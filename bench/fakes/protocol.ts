/** How the fakes behave; sent to their process at any time. */
export interface FakeSettings {
  /** How long the model thinks. */
  modelMs: number;
  /** Where Meta reports what became of a text: sent, delivered, read. Null for nowhere. */
  statusesTo: string | null;
}

/** A text that the fake Meta took, with the ids by which its statuses name it. */
export interface TakenText {
  account: string;
  to: string;
  providerId: string;
  token: string | null;
}

/** The call of the model that led to an answer. */
export interface ModelCall {
  askedAt: number;
  answeredAt: number;
}

/** What the fakes tell. Times are of `nowMs`. */
export type FakeNotice =
  | { kind: 'listening'; port: number }
  | {
      kind: 'taken';
      /** The number of the message that is answered. */
      message: number;
      at: number;
      model: ModelCall | null;
      text: TakenText;
    };

/** Each message carries its number, and the fake model says it back, so that every answer is matched with its question. */
export function withNumber(message: number, words: string): string {
  return `[#${message}] ${words}`;
}

/** The last number in a text; null when there is none. */
export function lastNumber(text: string): number | null {
  const start = text.lastIndexOf('[#');
  const found = start < 0 ? null : /^\[#(\d+)\]/.exec(text.slice(start, start + 20));
  return found === null ? null : Number(found[1]);
}

/** Meta's app secret in the benchmark, for both directions. */
export const APP_SECRET = 'bench-app-secret';
