/** Why no reply came, in words of ours. */
export const MODEL_FAILURES = [
  'rate limited',
  'unavailable',
  'too slow',
  'refused',
  'invalid answer',
  'quota exhausted',
  'misconfigured',
  'aborted',
] as const;
export type ModelFailureKind = (typeof MODEL_FAILURES)[number];

const MESSAGES: Record<ModelFailureKind, string> = {
  'rate limited': 'The model takes no more requests for now',
  unavailable: 'The model cannot be reached or failed',
  'too slow': 'The model took longer than it may',
  refused: 'The model does not take this request',
  'invalid answer': 'The model gave no usable answer',
  'quota exhausted': "The model account's quota is used up",
  misconfigured: 'The address, key or name of the model is wrong',
  aborted: 'The request to the model was aborted',
};

/** Whether the same request may succeed later. The rest needs a person who changes something. */
const RETRYABLE: Record<ModelFailureKind, boolean> = {
  'rate limited': true,
  unavailable: true,
  'too slow': true,
  refused: false,
  'invalid answer': true,
  'quota exhausted': false,
  misconfigured: false,
  aborted: true,
};

/** What the provider told us besides its text. */
export interface FailureFacts {
  status?: number | null;
  requestId?: string | null;
  retryAfterMs?: number | null;
}

/**
 * The only error a model throws. Providers quote the request in their errors, so neither their text nor an error that
 * carries it (as `cause`) is kept: what stands here can be logged and stored in a workflow's history.
 */
export class ModelFailure extends Error {
  readonly kind: ModelFailureKind;
  readonly retryable: boolean;
  /** How long the provider asks us to wait, in milliseconds; null when it does not say. */
  readonly retryAfterMs: number | null;
  /** The HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** The provider's name for the request, to ask them about it; null when none was given. */
  readonly requestId: string | null;

  constructor(kind: ModelFailureKind, facts: FailureFacts = {}) {
    const status = facts.status ?? null;
    const requestId = plainId(facts.requestId ?? null);
    const details = [
      status === null ? null : `status ${status}`,
      requestId === null ? null : `request ${requestId}`,
    ].filter((detail) => detail !== null);
    super(details.length > 0 ? `${MESSAGES[kind]} (${details.join(', ')})` : MESSAGES[kind]);
    this.name = 'ModelFailure';
    this.kind = kind;
    this.retryable = RETRYABLE[kind];
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.status = status;
    this.requestId = requestId;
  }
}

/** A header is the provider's text too: what does not look like an id is dropped. */
function plainId(value: string | null): string | null {
  return value !== null && /^[A-Za-z0-9_-]{1,80}$/.test(value) ? value : null;
}
