/** The fake Meta and the fake model, in a process of their own: so what they cost is not taken for the product's. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { writeWireAnswer } from '../../local/model/stand-in-wire.ts';
import { newWhatsAppMessageId } from '../../test/fakes/meta/provider-ids.ts';
import { nowMs } from '../measure/clock.ts';
import { lastNumber, withNumber } from './protocol.ts';
import type { FakeNotice, FakeSettings, ModelCall, TakenText } from './protocol.ts';
import { createStatusReporter } from './status-reporter.ts';

/** As long as a usual answer of a few sentences. */
const ANSWER =
  'Yes, we have that. The shop in the old town is open until six today, and what you order before noon is ready the ' +
  'same afternoon. If you would like it delivered, tell us the street and a time that suits you, and we see to the rest.';

let settings: FakeSettings = { modelMs: 0, statusesTo: null };
process.on('message', (message: FakeSettings) => {
  settings = message;
});
// The process that started it is gone.
process.on('disconnect', () => process.exit(0));

const modelCalls = new Map<number, ModelCall>();
const reporter = createStatusReporter(() => settings.statusesTo);
const server = createServer((request, response) => {
  const work = request.url?.startsWith('/v1/') ? think(request, response) : take(request, response);
  // The caller may have gone away meanwhile: a newer message, or a worker that was killed.
  work.catch(() => response.destroy());
});
// The caller keeps its connections for longer than the pauses of the benchmark.
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  tell({ kind: 'listening', port: (server.address() as AddressInfo).port });
});

async function think(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const askedAt = nowMs();
  const number = lastNumber(await text(request));
  if (settings.modelMs > 0) await pause(settings.modelMs);
  const reply = number === null ? ANSWER : withNumber(number, ANSWER);
  const answer = JSON.stringify({ reply, action: 'continue' });
  if (number !== null) modelCalls.set(number, { askedAt, answeredAt: nowMs() });
  send(response, writeWireAnswer('responses', 'bench', { text: answer }));
}

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const at = nowMs();
  const body = JSON.parse(await text(request)) as GraphBody;
  if (body.text === undefined) return send(response, { success: true });
  const [, , account = ''] = (request.url ?? '').split('/');
  const taken: TakenText = {
    account,
    to: body.to,
    providerId: newWhatsAppMessageId(body.to),
    token: body.biz_opaque_callback_data ?? null,
  };
  send(response, {
    messaging_product: 'whatsapp',
    contacts: [{ input: body.to, wa_id: body.to.replace('+', '') }],
    messages: [{ id: taken.providerId }],
  });
  const message = lastNumber(body.text.body);
  if (message === null) return;
  tell({ kind: 'taken', message, at, model: modelCalls.get(message) ?? null, text: taken });
  modelCalls.delete(message);
  reporter.report(taken);
}

interface GraphBody {
  to: string;
  text?: { body: string };
  biz_opaque_callback_data?: string;
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function tell(notice: FakeNotice): void {
  process.send?.(notice);
}
