import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

import type { ModelAction } from '../../../domain/model-reply.ts';
import {
  readWireRequest,
  WIRE_PATHS,
  writeWireAnswer,
  writeWireError,
} from '../../../local/model/stand-in-wire.ts';
import type { WireApi, WireRequest } from '../../../local/model/stand-in-wire.ts';

/** A request the fake received. `aborted` turns true when the caller closes the connection before the answer is out. */
export interface FakeModelRequest extends WireRequest {
  api: WireApi;
  body: Record<string, unknown>;
  headers: IncomingHttpHeaders;
  aborted: boolean;
}

/** A reply as the model would write it, after `afterMs` of thinking. */
export interface FakeModelReply {
  reply: string;
  action?: ModelAction;
  afterMs?: number;
}

/** An HTTP error. Its body quotes the person's last text, as providers do, so that a test can look for the leak. */
export interface FakeModelError {
  status: number;
  code?: string;
  headers?: Record<string, string>;
}

/** What the model wrote, word for word, in place of the JSON it was asked for; or the whole body of a 200. */
export type FakeModelText = { text: string } | { body: unknown };

/** How one request is answered. `hang in body` sends headers and half an answer, then nothing; `drip` sends
 * a byte now and then, and never the last one. */
export type FakeModelBehaviour =
  | FakeModelReply
  | FakeModelError
  | FakeModelText
  | ((request: FakeModelRequest) => FakeModelReply | Promise<FakeModelReply>)
  | 'hang'
  | 'hang in body'
  | 'drip'
  | 'reset'
  | 'cut body'
  | 'not json'
  | 'invalid answer'
  | 'refusal'
  | 'incomplete';

/** A running fake of a model server, over HTTP on a free port of 127.0.0.1. */
export interface FakeModel {
  /** The base URL for a client, with `/v1`. */
  url: string;
  requests: FakeModelRequest[];
  /** One behaviour per coming request, in this order; afterwards the usual one again. */
  plan(...behaviours: FakeModelBehaviour[]): void;
  /** The behaviour of every request that has none planned. At first: `You said: …` with the person's last text. */
  usually(behaviour: FakeModelBehaviour): void;
  close(): Promise<void>;
}

/** The request id that the fake's answers carry. */
export const FAKE_REQUEST_ID = 'req_fake';

/** 429, as when too many requests were made. */
export const RATE_LIMITED: FakeModelError = { status: 429, code: 'rate_limit_exceeded' };

/** 429, as when the account has no money left: waiting does not help. */
export const OUT_OF_QUOTA: FakeModelError = { status: 429, code: 'insufficient_quota' };

/** Says the person's last text back. */
export function echoLastText({ turns }: FakeModelRequest): FakeModelReply {
  return { reply: `You said: ${turns.findLast(({ role }) => role === 'person')?.text ?? ''}` };
}

export async function startFakeModel(): Promise<FakeModel> {
  const requests: FakeModelRequest[] = [];
  const planned: FakeModelBehaviour[] = [];
  let usual: FakeModelBehaviour = echoLastText;
  const stopped = new AbortController();

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      if (!stopped.signal.aborted && !response.destroyed) {
        response.writeHead(500).end(`The fake model failed: ${String(error)}`);
      }
    });
  });

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await received(incoming);
    requests.push(request);
    const behaviour = planned.shift() ?? usual;
    response.on('close', () => {
      const isOurs = behaviour === 'reset' || behaviour === 'cut body';
      request.aborted = !response.writableEnded && !isOurs;
    });
    const outcome = typeof behaviour === 'function' ? await behaviour(request) : behaviour;
    if (typeof outcome === 'object' && 'reply' in outcome && outcome.afterMs) {
      await delay(outcome.afterMs, undefined, { signal: stopped.signal });
    }
    if (!response.destroyed) behave(outcome, request, response);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    plan: (...behaviours) => void planned.push(...behaviours),
    usually: (behaviour) => {
      usual = behaviour;
    },
    close: () => {
      stopped.abort();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function received(incoming: IncomingMessage): Promise<FakeModelRequest> {
  const path = (incoming.url ?? '').replace(/^\/v1/, '') as keyof typeof WIRE_PATHS;
  const api = WIRE_PATHS[path];
  const body = JSON.parse(await text(incoming)) as Record<string, unknown>;
  const read = readWireRequest(api, body);
  if (!read) throw new Error('the request is of no known shape');
  return { ...read, api, body, headers: incoming.headers, aborted: false };
}

type Outcome = Exclude<FakeModelBehaviour, (request: FakeModelRequest) => unknown>;

function behave(outcome: Outcome, request: FakeModelRequest, response: ServerResponse): void {
  const { api, model } = request;
  const headers = { 'content-type': 'application/json', 'x-request-id': FAKE_REQUEST_ID };
  const ok = (body: object) => response.writeHead(200, headers).end(JSON.stringify(body));
  const whole = JSON.stringify(writeWireAnswer(api, model, { text: replyText({ reply: 'Cut.' }) }));

  if (typeof outcome === 'object' && 'status' in outcome) {
    const quoted = `This is the provider's text about: ${request.turns.at(-1)?.text ?? ''}`;
    const error = writeWireError(quoted, outcome.code ?? 'error', outcome.code);
    response
      .writeHead(outcome.status, { ...headers, ...outcome.headers })
      .end(JSON.stringify(error));
    return;
  }
  if (typeof outcome === 'object' && 'body' in outcome) {
    response.writeHead(200, headers).end(JSON.stringify(outcome.body));
    return;
  }
  if (typeof outcome === 'object') {
    const said = 'text' in outcome ? outcome.text : replyText(outcome);
    ok(writeWireAnswer(api, model, { text: said }));
    return;
  }
  switch (outcome) {
    case 'hang':
      return;
    case 'hang in body':
      response.writeHead(200, headers).write(whole.slice(0, 40));
      return;
    case 'drip':
      response.writeHead(200, headers);
      drip(response, whole);
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'cut body':
      // The length promises more than is sent before the connection ends.
      response.writeHead(200, { ...headers, 'content-length': whole.length });
      response.write(whole.slice(0, 40), () => response.socket?.destroy());
      return;
    case 'not json':
      response.writeHead(200, headers).end(`<html>${request.turns.at(-1)?.text ?? ''}</html>`);
      return;
    case 'invalid answer':
      ok(writeWireAnswer(api, model, { text: `Plain text: ${request.turns.at(-1)?.text ?? ''}` }));
      return;
    case 'refusal':
      ok(writeWireAnswer(api, model, { refusal: `No: ${request.turns.at(-1)?.text ?? ''}` }));
      return;
    case 'incomplete':
      ok(writeWireAnswer(api, model, { incomplete: '{"reply":"I was' }));
  }
}

function drip(response: ServerResponse, whole: string): void {
  let sent = 0;
  const dripping = setInterval(() => {
    response.write(whole[sent % (whole.length - 1)]);
    sent += 1;
  }, 50);
  response.on('close', () => clearInterval(dripping));
}

function replyText({ reply, action = 'continue' }: FakeModelReply): string {
  return JSON.stringify({ reply, action });
}
