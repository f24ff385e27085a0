import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import type { Channel } from '../../../domain/channels.ts';
import { behave, isExecuted, write } from './behaviour.ts';
import type { Answer, Behaviour } from './behaviour.ts';
import { graphError, readBody } from './graph-bodies.ts';
import type { ReadBody, ReadingAction } from './graph-bodies.ts';
import { newInstagramMessageId, newWhatsAppMessageId } from './provider-ids.ts';
import { threadAnswer } from './threads.ts';
import type { ThreadBehaviour } from './threads.ts';

/** One text that reached the person. `token` is what WhatsApp will echo on its statuses. */
export interface SentText {
  at: Date;
  channel: Channel;
  account: string;
  to: string;
  text: string;
  token: string | null;
  providerId: string;
}

export interface ReadingShown {
  at: Date;
  channel: Channel;
  account: string;
  to: string | null;
  providerId: string | null;
  action: ReadingAction;
}

export interface FakeMetaOptions {
  /** A free port unless told. */
  port?: number;
  /** Serves HTTPS with this certificate. */
  tls?: { key: string; cert: string };
  /** The tokens that are good; without it any is, so long as there is one. */
  accessTokens?: readonly string[];
}

export interface FakeMeta {
  /** With the version, so that it can stand for the Graph URL of both channels. */
  url: string;
  /** What people received, in order. A call may be in here although its answer was lost. */
  sent: SentText[];
  reading: ReadingShown[];
  /** How the next calls that send a text are treated, one each; afterwards all is well again. */
  plan(...behaviours: Behaviour[]): void;
  /** The same for the calls that show reading and typing. */
  planReading(...behaviours: Behaviour[]): void;
  /** The same for readings of a thread on Instagram. */
  planThread(...behaviours: ThreadBehaviour[]): void;
  /** Forgets every plan that was not used. */
  forgetPlans(): void;
  /** How often a thread was read. */
  threadReadings(): number;
  /** Under which id a thread shows a text; at first the one that the send was answered with. */
  showUnder(idOf: (sent: SentText) => string): void;
  /** Called when a text is sent and awaited before the answer, so that a status can come first. */
  onAccepted(callback: (sent: SentText) => void | Promise<void>): void;
  /** How many connections were opened to it. */
  connections(): number;
  /** Cuts what is open. Throws the first error of a callback or of the fake itself. */
  close(): Promise<void>;
}

/** A Graph API over HTTP for both channels, under `/v25.0/<account>/messages`, with faults to order. */
export async function startFakeMeta(options: FakeMetaOptions = {}): Promise<FakeMeta> {
  const { world, callbacks, execute } = createWorld();
  const plans: Plans = { text: [], reading: [] };
  const threads: Threads = { plan: [], readings: 0, idOf: ({ providerId }) => providerId };
  const failures: unknown[] = [];
  let connections = 0;
  const listener: http.RequestListener = (request, response) => {
    const { accessTokens } = options;
    handle(request, response, { plans, execute, threads, sent: world.sent, accessTokens }).catch(
      (error: unknown) => {
        // A client that goes away in the middle of its request is what many tests are about.
        if (!isReset(error)) failures.push(error);
        response.destroy();
      },
    );
  };
  const server = options.tls
    ? https.createServer(options.tls, listener)
    : http.createServer(listener);
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...world,
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}/v25.0`,
    plan: (...behaviours) => void plans.text.push(...behaviours),
    planReading: (...behaviours) => void plans.reading.push(...behaviours),
    planThread: (...behaviours) => void threads.plan.push(...behaviours),
    forgetPlans: () => [plans.text, plans.reading, threads.plan].forEach((plan) => plan.splice(0)),
    threadReadings: () => threads.readings,
    showUnder: (idOf) => void (threads.idOf = idOf),
    onAccepted: (callback) => void callbacks.push(callback),
    connections: () => connections,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      if (failures.length > 0) throw failures[0];
    },
  };
}

type Plans = Record<'text' | 'reading', Behaviour[]>;
interface Threads {
  plan: ThreadBehaviour[];
  readings: number;
  idOf: (sent: SentText) => string;
}
interface Handling {
  plans: Plans;
  execute: Execute;
  threads: Threads;
  sent: readonly SentText[];
  accessTokens: readonly string[] | undefined;
}
type ValidBody = Exclude<ReadBody, { kind: 'error' }>;
type Execute = (account: string, body: ValidBody) => Promise<Answer>;

/** What people received, and what Meta answers for having sent it. */
function createWorld() {
  const world: Pick<FakeMeta, 'sent' | 'reading'> = { sent: [], reading: [] };
  const callbacks: ((sent: SentText) => void | Promise<void>)[] = [];
  const execute: Execute = async (account, body) => {
    const at = new Date();
    if (body.kind === 'reading') {
      const { channel, to, providerId, action } = body;
      world.reading.push({ at, channel, account, to, providerId, action });
      return channel === 'whatsapp' ? SUCCESS : { status: 200, body: { recipient_id: to } };
    }
    const { channel, to, token, text: words } = body;
    const providerId =
      channel === 'whatsapp' ? newWhatsAppMessageId(to) : newInstagramMessageId(account);
    const sent: SentText = { at, channel, account, to, text: words, token, providerId };
    world.sent.push(sent);
    for (const callback of callbacks) await callback(sent);
    return { status: 200, body: acceptance(sent) };
  };
  return { world, callbacks, execute };
}

async function handle(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  handling: Handling,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  const [, account, edge] = /^\/v\d+\.\d+\/(\d+)\/(messages|conversations)$/.exec(pathname) ?? [];
  const method = edge === 'conversations' ? 'GET' : 'POST';
  if (request.method !== method || account === undefined) return write(response, NO_SUCH_OBJECT);
  const { plans, execute, threads, sent, accessTokens } = handling;
  if (!isGoodToken(request.headers.authorization, accessTokens)) return write(response, BAD_TOKEN);
  if (edge === 'conversations') {
    threads.readings += 1;
    const reading = { behaviour: threads.plan.shift() ?? 'ok', idOf: threads.idOf };
    return write(response, threadAnswer(searchParams, account, sent, reading));
  }
  if (request.headers['content-type'] !== 'application/json') return write(response, NOT_JSON);
  const body = readBody(await text(request));
  if (body.kind === 'error') return write(response, body.answer);
  const behaviour = plans[body.kind].shift() ?? 'ok';
  await behave(behaviour, response, isExecuted(behaviour) ? await execute(account, body) : SUCCESS);
}

function isReset(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ECONNRESET';
}

const SUCCESS: Answer = { status: 200, body: { success: true } };
const NO_SUCH_OBJECT = graphError({ code: 100, subcode: 33, message: 'Unsupported request' });
const NOT_JSON = graphError({ code: 100, message: 'The body must be application/json' });
const BAD_TOKEN = graphError({ code: 190, message: 'Invalid OAuth access token.', status: 401 });

function isGoodToken(
  authorization: string | undefined,
  good: readonly string[] | undefined,
): boolean {
  const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
  return token !== undefined && (good === undefined || good.includes(token));
}

/** What Meta answers to a text it takes: the WhatsApp id of a person is told only for a phone. */
function acceptance({ channel, to, providerId }: SentText): object {
  if (channel === 'instagram') return { recipient_id: to, message_id: providerId };
  const isPhone = /^\+?\d+$/.test(to);
  return {
    messaging_product: 'whatsapp',
    contacts: [{ input: to, ...(isPhone ? { wa_id: to.replace('+', '') } : { user_id: to }) }],
    messages: [{ id: providerId }],
  };
}
