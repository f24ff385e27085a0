import { createHmac } from 'node:crypto';
import { Writable } from 'node:stream';

import { raw, Router } from 'express';

import { createApp } from '../../../api/app.ts';
import { SIMULATED_ACCOUNTS } from '../../../local/simulator/accounts.ts';
import { simulatorRoutes } from '../../../local/simulator/simulator-routes.ts';
import type { SimulatorOptions } from '../../../local/simulator/simulator-routes.ts';
import { CHANNELS } from '../../../domain/channels.ts';
import type { Channel } from '../../../domain/channels.ts';
import type { ParsedWebhook, WebhookEvent } from '../../../domain/events.ts';
import { listen } from '../../../lib/http-server.ts';
import { createLog } from '../../../lib/log.ts';
import { parseInstagramWebhook } from '../../../lib/meta/instagram-webhook.ts';
import { parseWhatsAppWebhook } from '../../../lib/meta/whatsapp-webhook.ts';
import { openEventReader } from './event-reader.ts';
import type { EventReader } from './event-reader.ts';
import { createWaitingList } from './waiting-list.ts';

export const ACCOUNTS = SIMULATED_ACCOUNTS;
export const SECRETS = { instagram: 'secret of instagram', whatsapp: 'secret of whatsapp' };

/** A webhook as it arrived: the bytes, whether they are signed for their channel, and what our parsers read in them. */
export interface Received {
  channel: Channel;
  raw: string;
  isSigned: boolean;
  json: unknown;
  parsed: ParsedWebhook;
  event: WebhookEvent | undefined;
}

export interface RunningSimulator {
  url: string;
  received: Received[];
  /** The first webhook that fits, now or as soon as it comes. */
  webhook(fits: (received: Received) => boolean): Promise<Received>;
  /** What the receiver answers to the next webhooks, one each; afterwards 200. `drop` cuts the connection. */
  plan(...answers: (number | 'drop')[]): void;
  /** Called before a webhook is acknowledged. */
  onWebhook(callback: (received: Received) => void | Promise<void>): void;
  act(action: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  graph(account: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  events(): Promise<EventReader>;
  logged(): string;
  close(): Promise<void>;
}

const PARSERS = { instagram: parseInstagramWebhook, whatsapp: parseWhatsAppWebhook };
const FAST = { reports: { sent: 5, delivered: 10, read: 15 }, repeatAfterMs: [5, 10] };

/** The simulator as the api serves it, beside a receiver of webhooks that stands where the real routes would. */
export async function startSimulator(
  options: Partial<SimulatorOptions> = {},
): Promise<RunningSimulator> {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString());
      done();
    },
  });
  const log = createLog('test', stream);
  const receiver = createReceiver();
  const place: { url: string } = { url: '' };
  const simulator = simulatorRoutes({
    webhookBase: () => place.url,
    channels: CHANNELS,
    secrets: SECRETS,
    companyName: 'Example Bakery',
    standIns: ['meta', 'model'],
    times: FAST,
    log,
    ...options,
  });
  const app = createApp({ routers: [receiver.router, simulator.router], log });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  place.url = `http://127.0.0.1:${server.port}`;
  const readers: EventReader[] = [];
  const postJson = (path: string, body: unknown, headers: Record<string, string>) =>
    fetch(`${place.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    url: place.url,
    received: receiver.received,
    webhook: receiver.webhook,
    plan: receiver.plan,
    onWebhook: receiver.onWebhook,
    act: (action, body, headers = {}) => postJson(`/simulator/api/${action}`, body, headers),
    graph: (account, body, headers = { authorization: 'Bearer token' }) =>
      postJson(`/simulator/graph/v25.0/${account}/messages`, body, headers),
    async events() {
      const reader = await openEventReader(`${place.url}/simulator/events`);
      readers.push(reader);
      return reader;
    },
    logged: () => written.join(''),
    async close() {
      await simulator.close();
      await server.close();
      for (const reader of readers) await reader.close();
    },
  };
}

function createReceiver() {
  const list = createWaitingList<Received>();
  const answers: (number | 'drop')[] = [];
  const callbacks: ((received: Received) => void | Promise<void>)[] = [];
  const router = Router();
  for (const channel of ['instagram', 'whatsapp'] as const) {
    router.post(`/webhooks/${channel}`, raw({ type: () => true }), async (request, response) => {
      const bytes = request.body as Buffer;
      const hmac = createHmac('sha256', SECRETS[channel]).update(bytes).digest('hex');
      const isSigned = request.get('x-hub-signature-256') === `sha256=${hmac}`;
      const json: unknown = JSON.parse(bytes.toString('utf8'));
      const parsed = PARSERS[channel](json);
      const [event] = parsed.events;
      const received = { channel, raw: bytes.toString('utf8'), isSigned, json, parsed, event };
      for (const callback of callbacks) await callback(received);
      const answer = answers.shift() ?? 200;
      list.add(received);
      if (answer === 'drop') response.destroy();
      else response.status(answer).end();
    });
  }
  return {
    router,
    received: list.items,
    webhook: list.first,
    plan: (...next: (number | 'drop')[]) => void answers.push(...next),
    onWebhook: (callback: (received: Received) => void | Promise<void>) =>
      void callbacks.push(callback),
  };
}
