import { request } from 'node:http';
import { createReplyModel } from '../../../lib/llm/create-reply-model.ts';
import { ModelFailure } from '../../../lib/llm/model-failure.ts';
import { STAND_IN_CONTROL_PATH } from '../../../local/stand-in-control.ts';
import { startStandInModel } from '../../../local/model/stand-in-model.ts';
import type { StandInModel } from '../../../local/model/stand-in-model.ts';

const SLOW_MS = 300;
/** No test lasts so long: an answer that comes at all was not slowed. */
const NEVER_MS = 3_600_000;
let standIn: StandInModel;
const open = async (slowMs: number) => {
  standIn = await startStandInModel({ host: '127.0.0.1', port: 0, slowMs });
};
beforeEach(() => open(NEVER_MS));
afterEach(() => standIn.close());

const control = () => new URL(STAND_IN_CONTROL_PATH, standIn.url);
const set = (mode: string, headers: Record<string, string> = {}) =>
  fetch(control(), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ mode }),
  });
const mode = async () => (await (await fetch(control())).json()) as unknown;

function ask() {
  const model = createReplyModel({
    api: 'responses',
    apiKey: 'stand-in',
    baseUrl: standIn.url,
    model: 'stand-in',
    timeoutMs: 30_000,
  });
  const turns = [{ role: 'person' as const, text: 'Hello' }];
  return model.writeReply({ instructions: '', turns }, new AbortController().signal);
}

async function msOf(work: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work;
  return performance.now() - began;
}

test('a stand-in that was told nothing behaves as usual', async () => {
  expect(await mode()).toEqual({ mode: 'as usual' });
  expect(await ask()).toMatchObject({ action: 'continue' });
});

test('a slow one answers as well, later', async () => {
  await standIn.close();
  await open(SLOW_MS);
  expect(await (await set('slow')).json()).toEqual({ mode: 'slow' });
  expect(await msOf(ask())).toBeGreaterThanOrEqual(SLOW_MS - 5);
});

test('an unslowed one answers at once again', async () => {
  await set('slow');
  await set('as usual');
  expect(await ask()).toMatchObject({ action: 'continue' });
});

test('one that is down fails in a way that is worth a retry', async () => {
  await set('down');
  expect(await mode()).toEqual({ mode: 'down' });
  const failure = await ask().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ModelFailure);
  expect(failure).toMatchObject({ kind: 'unavailable', status: 503, retryable: true });
});

test.each([
  ['an unknown mode', { mode: 'broken' }, 'application/json', 422],
  ['something else', { slow: true }, 'application/json', 422],
  ['no JSON', '{', 'application/json', 422],
  ['what a form of another site can send', { mode: 'down' }, 'text/plain', 415],
  ['a long body', { mode: 'down', more: 'x'.repeat(1_000) }, 'application/json', 413],
])('%s is refused and changes nothing', async (_what, body, type, status) => {
  const response = await fetch(control(), {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  expect(response.status).toBe(status);
  expect(await mode()).toEqual({ mode: 'as usual' });
});

test('a name that was pointed at this machine is no way in', async () => {
  // fetch sets Host itself, so this asks by hand.
  const status = await new Promise((resolve, reject) => {
    const call = request(control(), { headers: { host: 'evil.example.com' } }, (response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    call.on('error', reject);
    call.end();
  });
  expect(status).toBe(403);
});

test('nothing but GET and POST is understood', async () => {
  expect((await fetch(control(), { method: 'DELETE' })).status).toBe(405);
});
