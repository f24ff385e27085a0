import { z } from 'zod';

import type { Channel } from '../../domain/channels.ts';
import type { SendOutcome, SendProblem } from '../../domain/outbox.ts';
import { graphErrorClass } from './graph-error-table.ts';
import { retryAfterMs } from './graph-retry-after.ts';

const MINUTE = 60_000;

// A hint that cannot be read must not hide the code beside it.
const graphErrorBody = z.object({
  error: z.object({
    code: z.int(),
    error_subcode: z.int().nullable().catch(null),
    is_transient: z.boolean().catch(false),
  }),
});

/**
 * What an answer of the Graph API that is not a success says about the message, never in Meta's own words.
 * `body` is the parsed JSON, or undefined where it was none. What Meta does not document is ambiguous, but for an
 * error of Meta's own with a 4xx status: that request was read and turned down.
 */
export function classifyGraphError(
  channel: Channel,
  httpStatus: number,
  body: unknown,
  retryAfterHeader: string | undefined,
): SendOutcome {
  const wait = retryAfterMs(retryAfterHeader);
  const parsed = graphErrorBody.safeParse(body);
  const error = parsed.success ? parsed.data.error : null;
  const code = error?.code ?? null;
  const row = error && graphErrorClass(channel, error.code, error.error_subcode);
  if (row) {
    const { kind, reason } = row;
    if (kind !== 'not sent') return { kind, reason, code };
    return {
      kind,
      reason,
      code,
      retryAfterMs: row.waitMs === undefined ? null : (wait ?? row.waitMs),
    };
  }
  if (httpStatus === 429)
    return { kind: 'not sent', reason: 'throttled', code, retryAfterMs: wait ?? MINUTE };
  if (httpStatus >= 500 || error?.is_transient)
    return { kind: 'ambiguous', reason: 'server error', code };
  if (error && httpStatus >= 400) return { kind: 'rejected', reason: 'unknown error', code };
  return { kind: 'ambiguous', reason: 'answer not understood', code };
}

/** Why a message failed that WhatsApp had taken. */
export interface ReportedFailure {
  problem: SendProblem;
  /** Whether it will pass by itself or by what the business does; Meta says that nothing went out. */
  passes: boolean;
  /** The shortest wait before the next try, in milliseconds. */
  waitMs: number;
}

/** What the first code of a failed status says, by the same table as an answer; `code` is null where it has none. */
export function reportedFailure(code: number | null): ReportedFailure {
  const known = code === null ? undefined : graphErrorClass('whatsapp', code, null);
  if (known === undefined) return { problem: 'unknown error', passes: false, waitMs: 0 };
  const { kind, reason, waitMs } = known;
  return { problem: reason, passes: kind === 'not sent', waitMs: waitMs ?? 0 };
}
