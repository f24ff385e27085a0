import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { STAND_IN_CONTROL_PATH } from '../stand-in-control.ts';
import { StandInControl } from './stand-in-control.ts';
import { standInReply } from './stand-in-answer.ts';
import { readWireRequest, WIRE_PATHS, writeWireAnswer, writeWireError } from './stand-in-wire.ts';
import type { WireApi } from './stand-in-wire.ts';

const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** A running stand-in. `url` is the base URL for a client, with `/v1`. */
export interface StandInModel {
  url: string;
  close(): Promise<void>;
}

/**
 * Serves a small model over OpenAI's two interfaces, so that everything can be tried without a key.
 * It keeps and logs nothing. Port 0 takes a free one.
 */
export async function startStandInModel({
  host,
  port,
  slowMs,
}: {
  host: string;
  port: number;
  /** How long an answer takes while it is slow, if not 8 s. */
  slowMs?: number;
}): Promise<StandInModel> {
  const control = new StandInControl(slowMs);
  const server = createServer((request, response) => {
    answer(control, request, response).catch(() => {
      // The caller went away or its instructions hold a broken knowledge block: either way it gets no reply from here.
      if (response.headersSent || response.destroyed) response.destroy();
      else refuse(response, 500, 'The request could not be answered.');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  control: StandInControl,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '').replace(/\?.*$/, '').replace(/^\/v1(?=\/)/, '');
  if (path === STAND_IN_CONTROL_PATH) {
    const { status, body } = await control.answer(request);
    return send(response, status, body);
  }
  const api: WireApi | undefined = Object.hasOwn(WIRE_PATHS, path)
    ? WIRE_PATHS[path as keyof typeof WIRE_PATHS]
    : undefined;
  if (!api || request.method !== 'POST')
    return refuse(response, 404, 'There is no such route here.');
  if (Number(request.headers['content-length'] ?? MAX_BODY_BYTES + 1) > MAX_BODY_BYTES) {
    return refuse(response, 413, `Send a length, of at most ${MAX_BODY_BYTES} bytes.`);
  }
  const asked = readWireRequest(api, parsedJson(await text(request)));
  if (control.isDown) return refuse(response, 503, 'The model is down, as it was told to be.');
  if (control.delayMs > 0) await pause(control.delayMs);
  if (!asked || asked.turns.length === 0) {
    return refuse(response, 400, 'The body is no request for a reply.');
  }
  const reply = JSON.stringify(standInReply(asked));
  send(response, 200, writeWireAnswer(api, asked.model, { text: reply }));
}

function refuse(response: ServerResponse, status: number, message: string): void {
  send(response, status, writeWireError(message, 'invalid_request_error'));
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
