import { createHmac } from 'node:crypto';
import type { Channel } from '../../domain/channels.ts';
import type { Log } from '../../lib/log.ts';
import type { Background } from './background.ts';
import type { Acknowledgement } from './simulator-event.ts';
import type { Wire } from './wire.ts';

/** One webhook of Meta's. `what` says in fixed words what it tells. */
export interface Webhook {
  channel: Channel;
  /** The phone that it is about; null when it is about nobody's here. */
  phone: string | null;
  what: string;
  body: object;
}

/** Called for each attempt; the last one is either acknowledged or the one after which Meta gives up. */
export type OnAttempt = (
  acknowledgement: Acknowledgement,
  outlook: 'acknowledged' | 'repeats' | 'gives up',
) => void;

export interface WebhookSenderDeps {
  /** Where the webhooks are received, without `/webhooks`; asked each time, since a port may be known late. */
  webhookBase: () => string;
  /** The app secrets that sign. */
  secrets: Readonly<Record<Channel, string>>;
  /** The pauses before each repetition. */
  repeatAfterMs: readonly number[];
  wire: Wire;
  background: Background;
  log: Log;
}

export interface WebhookSender {
  /** Posts and resolves with what the first attempt got. Without a 200 it repeats in the background, as Meta does. */
  post(webhook: Webhook, onAttempt?: OnAttempt): Promise<Acknowledgement>;
}

/** Longer than the business should ever need; Meta's own limits are shorter. */
const TIMEOUT_MS = 15_000;

/** Posts webhooks as Meta does: escaped, signed over the raw bytes, and again until they are acknowledged. */
export function createWebhookSender(deps: WebhookSenderDeps): WebhookSender {
  async function attempt({ channel, phone, what, body }: Webhook): Promise<Acknowledgement> {
    const bytes = Buffer.from(asMetaWrites(body));
    const signature = createHmac('sha256', deps.secrets[channel]).update(bytes).digest('hex');
    const end = deps.wire.begin({ channel, phone, route: 'webhook', what });
    const status = await statusOf(`${deps.webhookBase()}/webhooks/${channel}`, bytes, signature);
    return { status, ms: end(status ?? 'no answer') };
  }
  return {
    async post(webhook, onAttempt = () => undefined) {
      const first = await attempt(webhook);
      const isDone = first.status === 200;
      onAttempt(
        first,
        isDone ? 'acknowledged' : deps.repeatAfterMs.length > 0 ? 'repeats' : 'gives up',
      );
      if (!isDone) deps.background.run((pause) => repeat(webhook, onAttempt, pause));
      return first;
    },
  };

  async function repeat(
    webhook: Webhook,
    onAttempt: OnAttempt,
    pause: (ms: number) => Promise<void>,
  ) {
    const { channel } = webhook;
    const again = { ...webhook, what: `${webhook.what}, repeated` };
    for (const [index, ms] of deps.repeatAfterMs.entries()) {
      await pause(ms);
      const acknowledgement = await attempt(again);
      if (acknowledgement.status === 200) return onAttempt(acknowledgement, 'acknowledged');
      onAttempt(acknowledgement, index + 1 < deps.repeatAfterMs.length ? 'repeats' : 'gives up');
    }
    deps.log.warn({ channel, event: 'webhook' }, 'a simulated webhook was never acknowledged');
  }
}

async function statusOf(url: string, bytes: Buffer, signature: string): Promise<number | null> {
  const headers = {
    'content-type': 'application/json',
    'x-hub-signature-256': `sha256=${signature}`,
    'user-agent': 'facebookexternalua',
  };
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: new Uint8Array(bytes),
      signal,
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    // Refused, reset or too late: Meta too would know only that no whole answer came.
    return null;
  }
}

/** Meta signs what it sends: JSON with everything outside ASCII, and every slash, escaped. */
function asMetaWrites(body: object): string {
  const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(body)
    .replaceAll('/', '\\/')
    .replace(/[\u007f-\uffff]/g, escape);
}
