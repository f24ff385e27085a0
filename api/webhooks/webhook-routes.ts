import { timingSafeEqual, createHash } from 'node:crypto';
import { Router, raw } from 'express';
import type { Request, RequestHandler, Response } from 'express';
import type { AssistantFile } from '../../domain/assistant.ts';
import type { Channel } from '../../domain/channels.ts';
import type { ParsedWebhook, WebhookEvent } from '../../domain/events.ts';
import { failPoint } from '../../lib/fail-point.ts';
import type { Log } from '../../lib/log.ts';
import { parseInstagramWebhook } from '../../lib/meta/instagram-webhook.ts';
import { verifySignature } from '../../lib/meta/webhook-signature.ts';
import { parseWhatsAppWebhook } from '../../lib/meta/whatsapp-webhook.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { sendProblem } from '../http/problem.ts';
import { forOurAccounts } from './for-our-accounts.ts';
import type { AfterCommit } from './ingest-deps.ts';
import type { IngestResult } from './ingest.ts';
import type { createUnprovenCalls, Unproven } from './unproven-calls.ts';

export interface WebhookDeps {
  channels: Record<Channel, { secrets: readonly string[]; verifyToken: string }>;
  /** The accounts that are answered for; null for every one whose webhooks arrive. */
  accounts: AssistantFile['accounts'];
  ingest: (events: readonly WebhookEvent[]) => Promise<IngestResult>;
  /** Called once the events are committed and acknowledged; must not throw. */
  afterCommit: (after: AfterCommit) => void;
  /** Told of each call that is not proven to be Meta's. */
  unproven: ReturnType<typeof createUnprovenCalls>;
  metrics: Metrics;
  log: Log;
}

const CHANNEL_NAMES = { instagram: 'Instagram', whatsapp: 'WhatsApp' } as const;

const PARSERS: Record<Channel, (body: unknown) => ParsedWebhook> = {
  instagram: parseInstagramWebhook,
  whatsapp: parseWhatsAppWebhook,
};

/** Meta sends at most 3 MB at once (WhatsApp webhooks overview). */
const LARGEST_BODY = 3 * 1024 * 1024;

/** Meta's webhooks: the challenge, and signed events that are acknowledged once they are committed. */
export function webhookRoutes(deps: WebhookDeps): Router {
  const router = Router();
  for (const channel of ['instagram', 'whatsapp'] as const) {
    router.get(`/webhooks/${channel}`, challenge(deps, channel));
    router.post(
      `/webhooks/${channel}`,
      raw({ type: () => true, limit: LARGEST_BODY, inflate: false }),
      receive(deps, channel),
    );
  }
  return router;
}

/** Source: Graph API webhooks, "Getting started", verification requests. */
function challenge(
  { channels, unproven }: Pick<WebhookDeps, 'channels' | 'unproven'>,
  channel: Channel,
): RequestHandler {
  const { verifyToken } = channels[channel];
  return (request, response) => {
    const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': answer } = request.query;
    const isGenuine =
      mode === 'subscribe' && typeof token === 'string' && isSameSecret(token, verifyToken);
    if (isGenuine && typeof answer === 'string') response.type('text/plain').send(answer);
    else {
      unproven(`${CHANNEL_NAMES[channel]} challenge`, proofOf(token));
      const detail =
        'The mode must be "subscribe" and the verify token must be the configured one.';
      sendProblem(response, { status: 403, title: 'Not verified', detail });
    }
  };
}

function receive(deps: WebhookDeps, channel: Channel): RequestHandler {
  return async (request, response) => {
    const stopTimer = deps.metrics.webhookSeconds.startTimer({ channel });
    response.on('finish', () => {
      stopTimer();
      deps.metrics.webhooks.inc({ channel, status: response.statusCode });
    });
    await acknowledge(deps, channel, request, response);
  };
}

async function acknowledge(
  deps: WebhookDeps,
  channel: Channel,
  request: Request,
  response: Response,
): Promise<void> {
  const body: unknown = request.body;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const signature = request.get('x-hub-signature-256');
  if (!verifySignature(bytes, signature, deps.channels[channel].secrets)) {
    deps.unproven(`${CHANNEL_NAMES[channel]} webhook`, proofOf(signature));
    const detail =
      'X-Hub-Signature-256 must be the HMAC of the raw body under a configured app secret.';
    return sendProblem(response, { status: 401, title: 'Not signed by Meta', detail });
  }
  const json = parseObject(bytes);
  if (json === null) {
    return sendProblem(response, {
      status: 400,
      title: 'Not a webhook',
      detail: 'The body must be a JSON object.',
    });
  }
  const parsed = forOurAccounts(PARSERS[channel](json), deps.accounts);
  try {
    const taken = await deps.ingest(parsed.events);
    failPoint('after commit');
    response.status(200).end();
    count(deps.metrics, channel, parsed, taken.results);
    warnOfUnread(deps.log, channel, parsed, taken.results);
    deps.afterCommit(taken);
  } catch (error) {
    deps.log.error(
      { channel, route: 'webhook', error },
      'a webhook could not be stored; Meta will repeat it',
    );
    const detail = 'The events could not be stored. Repeat this webhook.';
    sendProblem(response.set('retry-after', '5'), { status: 503, title: 'Not stored', detail });
  }
}

function proofOf(given: unknown): Unproven {
  return given === undefined ? 'no proof' : 'wrong proof';
}

function parseObject(bytes: Buffer): object | null {
  try {
    const json: unknown = JSON.parse(bytes.toString('utf8'));
    return isObject(json) || isListOfEnvelopes(json) ? json : null;
  } catch {
    return null;
  }
}

function isObject(json: unknown): json is object {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** One of Meta's Instagram examples stands in a list; nothing else that is a list is a webhook. */
function isListOfEnvelopes(json: unknown): json is object[] {
  return (
    Array.isArray(json) && json.length > 0 && json.every((one) => isObject(one) && 'entry' in one)
  );
}

function count(
  metrics: Metrics,
  channel: Channel,
  parsed: ParsedWebhook,
  results: IngestResult['results'],
): void {
  parsed.events.forEach((event, index) => {
    const isUnread = event.type === 'message' && event.content.kind === 'unread';
    const type = isUnread ? 'message without words' : event.type;
    metrics.events.inc({ channel, type, result: results[index] ?? 'stored' });
  });
  for (const result of results) {
    if (result === 'duplicate confirmed' || result === 'failed afterwards') {
      metrics.deliveries.inc({ channel, outcome: result });
    }
  }
  for (const [type, items] of Object.entries(parsed.ignored))
    metrics.events.inc({ channel, type, result: 'ignored' }, items);
  if (parsed.malformed > 0)
    metrics.events.inc({ channel, type: 'malformed', result: 'ignored' }, parsed.malformed);
}

/**
 * A subscription without the field `messages` reports messages by `message_edit` alone, and often without their words.
 */
function warnOfUnread(
  log: Log,
  channel: Channel,
  { events }: ParsedWebhook,
  results: IngestResult['results'],
): void {
  const isUnread = (event: WebhookEvent, index: number) =>
    event.type === 'message' && event.content.kind === 'unread' && results[index] === 'stored';
  const unread = events.filter(isUnread).length;
  if (unread > 0)
    log.warn(
      { event: 'message without words', channel, count: unread },
      'Meta told of a message without its words: subscribe the app to the field messages',
    );
}

function isSameSecret(given: string, expected: string): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
