import { DAY_MS } from '../../domain/durations.ts';
import { APIError, OpenAIError } from 'openai';

import { ModelFailure } from './model-failure.ts';
import type { ModelFailureKind } from './model-failure.ts';

/** Codes by which providers say, also under status 429, that waiting does not help. */
const QUOTA_CODES = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
]);

/** Codes by which providers say, also under status 400, that what we have set is wrong, whatever the person wrote. */
const SETTINGS_CODES = new Set([
  'invalid_api_key',
  'account_deactivated',
  'model_not_found',
  'DeploymentNotFound',
  'unsupported_model',
  'unsupported_parameter',
  'unsupported_value',
  'unknown_parameter',
]);

/** No wait longer than a day is believed. */
const MAX_RETRY_AFTER_MS = DAY_MS;

/**
 * What an error of the client means, without anything it carries but status, request id and waiting time.
 * `caller` is the signal the caller gave: only when it was aborted is the failure `aborted`.
 */
export function failureOf(error: unknown, caller: AbortSignal): ModelFailure {
  if (caller.aborted) return new ModelFailure('aborted');
  // The client refuses its own settings with an error that is not an API error.
  if (error instanceof OpenAIError && !isApiError(error)) return new ModelFailure('misconfigured');
  // Connection errors and time-outs are API errors without a status; a body cut short is a plain TypeError.
  if (!isApiError(error) || error.status === undefined) return new ModelFailure('unavailable');
  return new ModelFailure(kindOf(error.status, error), {
    status: error.status,
    requestId: error.requestID ?? null,
    retryAfterMs: error.headers ? retryAfterMs(error.headers, Date.now()) : null,
  });
}

function isApiError(error: unknown): error is APIError {
  return error instanceof APIError;
}

function kindOf(status: number, { code, type }: APIError): ModelFailureKind {
  if (status === 402 || QUOTA_CODES.has(code ?? '') || QUOTA_CODES.has(type ?? '')) {
    return 'quota exhausted';
  }
  if (status === 429) return 'rate limited';
  if (status === 408 || status === 409 || status >= 500) return 'unavailable';
  if (SETTINGS_CODES.has(code ?? '')) return 'misconfigured';
  // 3xx: redirects are not followed, since they would take the person's words to a host nobody configured.
  if (status < 400 || status === 401 || status === 403 || status === 404) return 'misconfigured';
  return 'refused';
}

/**
 * `retry-after-ms` (OpenAI's own), else `Retry-After` in seconds or as an HTTP date (RFC 9110, 10.2.3), in milliseconds.
 * Null when neither is there or can be read.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | null {
  const milliseconds = decimal(headers.get('retry-after-ms'));
  if (milliseconds !== null) return bounded(milliseconds);
  const value = headers.get('retry-after');
  if (value === null) return null;
  const seconds = decimal(value);
  if (seconds !== null) return bounded(seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : bounded(date - nowMs);
}

function decimal(value: string | null): number | null {
  return value !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : null;
}

function bounded(milliseconds: number): number {
  return Math.min(Math.max(Math.ceil(milliseconds), 0), MAX_RETRY_AFTER_MS);
}
