import { z } from 'zod';

import type { Channel } from '../../domain/channels.ts';
import type { SendOutcome } from '../../domain/outbox.ts';
import { classifyGraphError } from './graph-errors.ts';
import { createReadThread } from './graph-read-back.ts';
import type { ReadThread } from './graph-read-back.ts';
import { assertAddress, readingBodies, textBody } from './graph-requests.ts';
import type { SendAddress } from './graph-requests.ts';
import { createGraphTransport } from './graph-transport.ts';
import type { GraphAnswer } from './graph-transport.ts';

export interface GraphClientOptions {
  /** With the version, as `https://graph.facebook.com/v25.0`. */
  graphUrls: Record<Channel, string>;
  accessTokens: Record<Channel, string>;
  /** The longest one call may take, from the look-up of the name to the end of the answer. */
  timeoutMs: number;
}

export interface SendTextRequest {
  channel: Channel;
  /** The business's own id, which is also the sending id. */
  account: string;
  to: SendAddress;
  text: string;
  /** What WhatsApp gives back with its statuses, at most 512 characters; never an id that stands elsewhere. */
  token: string;
  signal?: AbortSignal | undefined;
}

export interface ShowReadingRequest {
  channel: Channel;
  account: string;
  to: SendAddress;
  /** Meta's id of the person's message. */
  providerId: string;
  signal?: AbortSignal | undefined;
}

export interface GraphClient {
  /** Sends one part. `not sent` is certain, `ambiguous` is everything that is not. Network trouble is never thrown. */
  sendText(request: SendTextRequest): Promise<SendOutcome>;
  /** Shows the message as read and an answer as being written: a courtesy, so it fails in one quiet word. */
  showReading(request: ShowReadingRequest): Promise<'shown' | 'not shown'>;
  /** What Instagram shows of a thread; WhatsApp has no such thing. */
  readThread: ReadThread;
  close(): void;
}

const ACCEPTED = {
  instagram: z.object({ message_id: z.string().min(1) }).transform((body) => body.message_id),
  whatsapp: z
    .object({ messages: z.tuple([z.object({ id: z.string().min(1) })]).rest(z.unknown()) })
    .transform((body) => body.messages[0].id),
} satisfies Record<Channel, z.ZodType<string>>;

/** Sends through Meta's Graph API. Neither channel takes an idempotency key: the caller must never simply repeat. */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const transport = createGraphTransport(options);

  function post(channel: Channel, account: string, body: object, signal: AbortSignal | undefined) {
    const url = `${options.graphUrls[channel].replace(/\/+$/, '')}/${encodeURIComponent(account)}/messages`;
    return transport.post({ url, accessToken: options.accessTokens[channel], body, signal });
  }

  return {
    async sendText({ channel, account, to, text, token, signal }) {
      assertAddress(channel, to);
      return outcomeOf(channel, await post(channel, account, textBody(to, text, token), signal));
    },
    async showReading({ channel, account, to, providerId, signal }) {
      assertAddress(channel, to);
      const answers = await Promise.all(
        readingBodies(to, providerId).map((body) => post(channel, account, body, signal)),
      );
      return answers.every(isSuccess) ? 'shown' : 'not shown';
    },
    readThread: createReadThread(transport, {
      graphUrl: options.graphUrls.instagram,
      accessToken: options.accessTokens.instagram,
    }),
    close: () => transport.close(),
  };
}

function outcomeOf(channel: Channel, answer: GraphAnswer): SendOutcome {
  switch (answer.kind) {
    case 'nothing left':
      return { kind: 'not sent', reason: 'connection failed', retryAfterMs: null, code: null };
    case 'no whole answer':
      return { kind: 'ambiguous', reason: 'no answer', code: null };
    case 'answer not understood':
      return { kind: 'ambiguous', reason: 'answer not understood', code: null };
    case 'answered': {
      const body = parseJson(answer.text);
      const accepted = isSuccess(answer) ? ACCEPTED[channel].safeParse(body) : null;
      if (accepted?.success) return { kind: 'accepted', providerId: accepted.data };
      return classifyGraphError(channel, answer.status, body, answer.retryAfter);
    }
  }
}

function isSuccess(answer: GraphAnswer): boolean {
  return answer.kind === 'answered' && answer.status >= 200 && answer.status < 300;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is an answer too, and the classification knows what it means; the text itself is never kept.
    return undefined;
  }
}
