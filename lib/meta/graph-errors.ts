import { z } from 'zod';

import type { Channel } from '../../domain/channels.ts';
import type { SendOutcome, SendProblem } from '../../domain/outbox.ts';
import { retryAfterMs } from './graph-retry-after.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** `10/2534022` is a code with its subcode, `*` any code with that subcode, a number alone every other subcode. */
type Code = number | `${number | '*'}/${number}`;

/** `waitMs` is how long to wait when Meta sends no Retry-After; without it, waiting alone does not help. */
interface Row {
  kind: 'not sent' | 'rejected' | 'ambiguous';
  reason: SendProblem;
  codes: readonly Code[];
  waitMs?: number;
}

const PERMISSION_CODES = Array.from({ length: 100 }, (_, index) => 200 + index);

/**
 * What each error code of Meta says about the message. The code decides, not the HTTP status: Meta documents the
 * first and not the second. A code stands under `ambiguous` where Meta says, or was seen, to send all the same.
 * Sources: Messenger Platform "Error codes" (2026-03-18) for Instagram, WhatsApp Business Platform "Error codes"
 * (2026-05-15), and what the Graph API says of the codes that both share.
 */
const GRAPH_ERRORS = {
  both: [
    { kind: 'ambiguous', reason: 'server error', codes: [1, 2, -1, -2] },
    { kind: 'not sent', reason: 'throttled', codes: [4, 17], waitMs: MINUTE },
    { kind: 'not sent', reason: 'throttled', codes: [613], waitMs: 10 * SECOND },
    { kind: 'not sent', reason: 'token refused', codes: [0, 3, 10, 190, ...PERMISSION_CODES] },
    { kind: 'not sent', reason: 'account restricted', codes: [368] },
    { kind: 'rejected', reason: 'invalid request', codes: [100, '100/33'] },
  ],
  instagram: [
    // Meta: the message may have been sent all the same, and must not be repeated.
    { kind: 'ambiguous', reason: 'possibly sent', codes: ['1/1357046'] },
    { kind: 'not sent', reason: 'throttled', codes: ['613/2534040'], waitMs: 10 * SECOND },
    { kind: 'rejected', reason: 'window closed', codes: ['10/2534022', '10/2018278'] },
    {
      kind: 'not sent',
      reason: 'account restricted',
      // 200/2534041: the owner turned off access to messages for every app.
      codes: ['10/2018108', '10/1893063', '100/2534029', '200/2534041'],
    },
    // 2534001: the thread was archived or deleted. 1545041: the person takes no messages from us now.
    {
      kind: 'rejected',
      reason: 'person unreachable',
      codes: ['100/2534014', 551, '*/1545041', '*/2534001', 2534001],
    },
    {
      kind: 'rejected',
      reason: 'invalid request',
      codes: [
        '100/2018047',
        '100/2018008',
        '100/2018109',
        '100/2018294',
        '100/2018074',
        '*/2534025',
        2534025,
      ],
    },
    { kind: 'rejected', reason: 'unknown error', codes: ['*/2534013', 2534013] },
  ],
  whatsapp: [
    { kind: 'ambiguous', reason: 'server error', codes: [131000, 131016, 131057] },
    { kind: 'not sent', reason: 'throttled', codes: [130429], waitMs: 2 * SECOND },
    // One message every six seconds to the same person.
    { kind: 'not sent', reason: 'throttled', codes: [131056], waitMs: 6 * SECOND },
    { kind: 'not sent', reason: 'throttled', codes: [80007, 131064, 133016], waitMs: MINUTE },
    { kind: 'not sent', reason: 'token refused', codes: [131005] },
    { kind: 'not sent', reason: 'quality limit', codes: [131048], waitMs: MINUTE },
    // 131045 and 133010: the number we send from is not registered, whoever it is sent to.
    { kind: 'not sent', reason: 'account restricted', codes: [131031, 130497, 131045, 133010] },
    { kind: 'rejected', reason: 'window closed', codes: [131047] },
    // 131049 and 130472: Meta chose not to deliver this to this person.
    {
      kind: 'rejected',
      reason: 'person unreachable',
      codes: [131021, 131026, 131030, 131049, 130472],
    },
    { kind: 'rejected', reason: 'person opted out', codes: [131050] },
    { kind: 'rejected', reason: 'identity changed', codes: [137000] },
    { kind: 'not sent', reason: 'billing', codes: [131042] },
    {
      kind: 'rejected',
      reason: 'invalid request',
      codes: [
        131008, 131009, 131051, 131052, 131053, 131060, 131062, 131063, 132000, 132001, 132005,
        132007, 132008, 132012, 132015, 132016, 132068, 132069, 135000,
      ],
    },
  ],
} as const satisfies Record<Channel | 'both', readonly Row[]>;

const ROWS = {
  instagram: byCode([...GRAPH_ERRORS.both, ...GRAPH_ERRORS.instagram]),
  whatsapp: byCode([...GRAPH_ERRORS.both, ...GRAPH_ERRORS.whatsapp]),
} satisfies Record<Channel, Map<string, Row>>;

function byCode(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.flatMap((row) => row.codes.map((code) => [String(code), row] as const)));
}

function rowOf(channel: Channel, code: number, subcode: number | null): Row | undefined {
  const rows = ROWS[channel];
  return rows.get(`${code}/${subcode}`) ?? rows.get(`*/${subcode}`) ?? rows.get(String(code));
}

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
  const row = error && rowOf(channel, error.code, error.error_subcode);
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

/** Why WhatsApp reports a message as failed, from the first code of the status's `errors`; null where it has none. */
export function problemOfFailedStatus(code: number | null): SendProblem {
  return (code === null ? undefined : rowOf('whatsapp', code, null)?.reason) ?? 'unknown error';
}
