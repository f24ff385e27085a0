import { randomBytes } from 'node:crypto';
import type { Channel } from '../../domain/channels.ts';

/** An answer of the Graph API. */
export interface GraphAnswer {
  status: number;
  body: object;
  headers?: Record<string, string>;
}

/** An error in the Graph API's shape. `details` is what WhatsApp adds. */
export function graphError(error: {
  status: number;
  code: number;
  subcode?: number;
  message: string;
  type?: string;
  details?: string;
  isTransient?: boolean;
  headers?: Record<string, string>;
}): GraphAnswer {
  const { status, code, subcode, message, type = 'OAuthException', details, isTransient } = error;
  return {
    status,
    body: {
      error: {
        message,
        type,
        code,
        ...(details === undefined
          ? {}
          : { error_data: { messaging_product: 'whatsapp', details } }),
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(isTransient === undefined ? {} : { is_transient: isTransient }),
        fbtrace_id: `A${randomBytes(12).toString('base64url')}`,
      },
    },
    ...(error.headers === undefined ? {} : { headers: error.headers }),
  };
}

export const SUCCESS: GraphAnswer = { status: 200, body: { success: true } };

export function noSuchObject(): GraphAnswer {
  return graphError({
    status: 400,
    code: 100,
    subcode: 33,
    message: 'Unsupported request. The object does not exist or does not support this operation.',
    type: 'GraphMethodException',
  });
}

export function badToken(): GraphAnswer {
  return graphError({ status: 401, code: 190, message: 'Invalid OAuth access token.' });
}

export function invalidParameter(channel: Channel | null, details: string): GraphAnswer {
  return channel === 'whatsapp'
    ? graphError({ status: 400, code: 100, message: '(#100) Invalid parameter', details })
    : graphError({ status: 400, code: 100, message: `(#100) ${details}` });
}

export function noMatchingUser(): GraphAnswer {
  return graphError({
    status: 400,
    code: 100,
    subcode: 2534014,
    message: '(#100) No matching Instagram user',
  });
}

export function unknownMessage(): GraphAnswer {
  const details = 'The message id is not one that was received by this number.';
  return graphError({
    status: 400,
    code: 131009,
    message: '(#131009) Parameter value is not valid',
    details,
  });
}

/** The answers of the faults that send nothing. */
export const FAULT_ANSWERS = {
  'server error': () =>
    graphError({
      status: 500,
      code: 2,
      message: 'An unexpected error has occurred. Please retry your request later.',
      isTransient: true,
    }),
  'token expired': () =>
    graphError({
      status: 401,
      code: 190,
      subcode: 463,
      message: 'Error validating access token: Session has expired.',
    }),
  'rate limited': (channel: Channel) =>
    channel === 'whatsapp'
      ? graphError({
          status: 429,
          code: 130429,
          message: '(#130429) Rate limit hit',
          details:
            'Message failed to send because there were too many messages sent from this number.',
          headers: RETRY_AFTER,
        })
      : graphError({
          status: 429,
          code: 613,
          subcode: 2534040,
          message: '(#613) Calls to this api have exceeded the rate limit.',
          headers: RETRY_AFTER,
        }),
} as const;

const RETRY_AFTER = { 'retry-after': '2' };
