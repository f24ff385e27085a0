import { createServer } from 'node:http';
import { inspect } from 'node:util';

import { MAX_REPLY_LENGTH, MODEL_REPLY_JSON_SCHEMA } from '../../../domain/model-reply.ts';
import { createReplyModel, MODEL_APIS } from '../../../lib/llm/create-reply-model.ts';
import { ModelFailure } from '../../../lib/llm/model-failure.ts';
import type { ReplyRequest } from '../../../lib/llm/reply-model.ts';
import {
  FAKE_REQUEST_ID,
  OUT_OF_QUOTA,
  RATE_LIMITED,
  startFakeModel,
} from '../../fakes/llm/fake-model.ts';
import type { FakeModel, FakeModelBehaviour } from '../../fakes/llm/fake-model.ts';

const SECRET = 'a sentence nobody else may read';
const REQUEST: ReplyRequest = {
  instructions: 'Answer for Example Bakery.',
  turns: [
    { role: 'person', text: 'Hello' },
    { role: 'assistant', text: 'Good morning' },
    { role: 'person', text: SECRET },
  ],
};
const never = () => new AbortController().signal;

let fake: FakeModel;
beforeEach(async () => {
  fake = await startFakeModel();
});
afterEach(() => fake.close());

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(MODEL_APIS)('over the %s interface', (api) => {
  const write = (request = REQUEST, signal = never(), timeoutMs = 5000) =>
    createReplyModel({ api, apiKey: 'key', baseUrl: fake.url, model: 'm', timeoutMs }).writeReply(
      request,
      signal,
    );
  const failing = async (behaviour: FakeModelBehaviour, signal = never(), timeoutMs = 5000) => {
    fake.plan(behaviour);
    const error: unknown = await write(REQUEST, signal, timeoutMs).catch((thrown: unknown) => thrown);
    if (!(error instanceof ModelFailure)) throw new Error(`no ModelFailure: ${inspect(error)}`);
    return error;
  };

  test('the reply and the action that the model chose come back', async () => {
    fake.plan({ reply: ' A person will write to you.\r\n', action: 'handoff' });
    expect(await write()).toEqual({ reply: 'A person will write to you.', action: 'handoff' });
    expect(await write()).toEqual({ reply: `You said: ${SECRET}`, action: 'continue' });
  });

  test('the body has exactly the keys a reply needs, and asks for nothing to be stored', async () => {
    await write();
    const messages = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Good morning' },
      { role: 'user', content: SECRET },
    ];
    const { instructions } = REQUEST;
    const format = { name: 'reply', strict: true, schema: MODEL_REPLY_JSON_SCHEMA };
    expect(fake.requests[0]!.api).toBe(api);
    expect(fake.requests[0]!.body).toEqual(
      api === 'responses'
        ? {
            model: 'm',
            instructions,
            input: messages,
            text: { format: { type: 'json_schema', ...format } },
            store: false,
          }
        : {
            model: 'm',
            messages: [{ role: 'system', content: instructions }, ...messages],
            response_format: { type: 'json_schema', json_schema: format },
            store: false,
          },
    );
  });

  test('the headers are the key and what HTTP needs, whatever the environment holds', async () => {
    const environment = {
      OPENAI_ORG_ID: 'org',
      OPENAI_PROJECT_ID: 'project',
      OPENAI_CUSTOM_HEADERS: 'X-Person: somebody',
    };
    Object.assign(process.env, environment);
    try {
      await write();
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
    }
    const { headers } = fake.requests[0]!;
    expect(headers.authorization).toBe('Bearer key');
    expect(headers['user-agent']).toMatch(/^OpenAI\/JS [\d.]+$/);
    expect(Object.keys(headers).toSorted()).toEqual([
      'accept',
      'accept-encoding',
      'accept-language',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'sec-fetch-mode',
      'user-agent',
    ]);
  });

  test('a message cut in the middle of an emoji is sent as valid Unicode', async () => {
    await write({ instructions: 'i', turns: [{ role: 'person', text: 'cut \ud83e' }] });
    expect(fake.requests[0]!.turns).toEqual([{ role: 'person', text: 'cut \ufffd' }]);
  });

  test.each<[FakeModelBehaviour, string, boolean, number | null]>([
    [RATE_LIMITED, 'rate limited', true, 429],
    [OUT_OF_QUOTA, 'quota exhausted', false, 429],
    [{ status: 402 }, 'quota exhausted', false, 402],
    [{ status: 413 }, 'refused', false, 413],
    [{ status: 401, code: 'invalid_api_key' }, 'misconfigured', false, 401],
    [{ status: 403 }, 'misconfigured', false, 403],
    [{ status: 404, code: 'model_not_found' }, 'misconfigured', false, 404],
    [{ status: 408 }, 'unavailable', true, 408],
    [{ status: 409 }, 'unavailable', true, 409],
    [{ status: 500 }, 'unavailable', true, 500],
    [{ status: 503 }, 'unavailable', true, 503],
    ['reset', 'unavailable', true, null],
    ['cut body', 'unavailable', true, null],
    ['not json', 'invalid answer', true, 200],
    ['invalid answer', 'invalid answer', true, 200],
    ['refusal', 'invalid answer', true, 200],
    ['incomplete', 'invalid answer', true, 200],
    [{ reply: '  ' }, 'invalid answer', true, 200],
  ])('%j is told as "%s", retryable %s, after one request', async (behaviour, kind, retryable, status) => {
    const failure = await failing(behaviour);
    expect({ ...failure }).toEqual({
      name: 'ModelFailure',
      kind,
      retryable,
      status,
      retryAfterMs: null,
      requestId: status === null ? null : FAKE_REQUEST_ID,
    });
    expect(fake.requests).toHaveLength(1);
  });

  test('a reply longer than any message should be is no usable answer', async () => {
    const failure = await failing({ reply: 'x'.repeat(MAX_REPLY_LENGTH + 1) });
    expect(failure).toMatchObject({ kind: 'invalid answer', retryable: true });
  });

  test('a request that the model refuses is not retryable', async () => {
    fake.usually({ status: 400 });
    const failure = await failing({ status: 400 });
    expect(failure).toMatchObject({ kind: 'refused', retryable: false, status: 400 });
  });

  test.each<FakeModelBehaviour>([
    RATE_LIMITED,
    { status: 418 },
    { status: 500, headers: { 'x-request-id': SECRET } },
    'cut body',
    'not json',
    'invalid answer',
    'refusal',
    'reset',
  ])('nothing of what the provider wrote is in the failure after %j', async (behaviour) => {
    const failure = await failing(behaviour);
    const told = [String(failure), failure.stack, JSON.stringify(failure), inspect(failure, { depth: 9 })];
    expect(told.join()).not.toContain(SECRET);
    expect(told.join()).not.toMatch(/provider's text|<html>|SyntaxError|TypeError/);
    expect(failure.cause).toBeUndefined();
  });

  test.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
    [{ 'retry-after': 'soon' }, null],
  ])('the wait that %j asks for is passed on', async (headers, expected) => {
    const failure = await failing({ ...RATE_LIMITED, headers });
    expect(failure.retryAfterMs).toBe(expected);
  });

  test('Retry-After as a date is passed on as the time until then', async () => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    const failure = await failing({ status: 503, headers: { 'retry-after': date } });
    expect(failure.retryAfterMs).toBeGreaterThan(50_000);
    expect(failure.retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  test.each<FakeModelBehaviour>(['hang', { reply: 'late', afterMs: 30_000 }])(
    'aborting while the model answers with %j closes the connection',
    async (behaviour) => {
      const controller = new AbortController();
      const failure = failing(behaviour, controller.signal);
      await until(() => fake.requests.length === 1);
      controller.abort(new Error(SECRET));
      expect(await failure).toMatchObject({ kind: 'aborted', retryable: true, status: null });
      await until(() => fake.requests[0]!.aborted);
    },
  );

  test('aborting when half of the answer is here closes the connection', async () => {
    const failure = await failing('hang in body', AbortSignal.timeout(150));
    expect(failure).toMatchObject({ kind: 'aborted', retryable: true, status: null });
    await until(() => fake.requests[0]!.aborted);
  });

  test('a signal aborted before means no request at all', async () => {
    expect(await failing('hang', AbortSignal.abort())).toMatchObject({ kind: 'aborted' });
    expect(fake.requests).toHaveLength(0);
  });

  test.each<FakeModelBehaviour>(['hang', 'hang in body'])(
    'a model that answers with %j is given up after the time-out, and may be asked again',
    async (behaviour) => {
      const failure = await failing(behaviour, never(), 150);
      expect(failure).toMatchObject({ kind: 'unavailable', retryable: true });
      await until(() => fake.requests[0]!.aborted);
    },
  );

  test('a model that is not there is unavailable', async () => {
    await fake.close();
    expect(await failing('hang')).toMatchObject({ kind: 'unavailable', retryable: true });
  });

  test('a redirect is not followed: the words go to the configured host or nowhere', async () => {
    const elsewhere = await startFakeModel();
    const location = `${elsewhere.url}/${api === 'chat' ? 'chat/completions' : 'responses'}`;
    const failure = await failing({ status: 307, headers: { location } });
    expect(failure).toMatchObject({ kind: 'misconfigured', retryable: false, status: 307 });
    expect(elsewhere.requests).toHaveLength(0);
    await elsewhere.close();
  });

  test('the client writes nothing to the console, even when told to by the environment', async () => {
    const written: unknown[] = [];
    const saved = { ...console };
    for (const level of ['debug', 'info', 'warn', 'error', 'log'] as const) {
      console[level] = (...words: unknown[]) => void written.push(words);
    }
    process.env.OPENAI_LOG = 'debug';
    try {
      await write();
      await failing({ status: 500 });
    } finally {
      delete process.env.OPENAI_LOG;
      Object.assign(console, saved);
    }
    expect(written).toEqual([]);
  });
});

describe('a server of chat completions that knows no "store"', () => {
  const model = () =>
    createReplyModel({ api: 'chat', apiKey: 'k', baseUrl: fake.url, model: 'm', timeoutMs: 5000 });
  const stores = () => fake.requests.map(({ body }) => body.store);

  test.each([400, 422])('is asked without it once it answered %d, and from then on', async (status) => {
    const chat = model();
    fake.plan({ status });
    expect(await chat.writeReply(REQUEST, never())).toMatchObject({ action: 'continue' });
    await chat.writeReply(REQUEST, never());
    expect(stores()).toEqual([false, undefined, undefined]);
  });

  test('is not taken for one when the refusal had another reason', async () => {
    const chat = model();
    fake.plan({ status: 400 }, { status: 400 });
    await expect(chat.writeReply(REQUEST, never())).rejects.toThrow(ModelFailure);
    await chat.writeReply(REQUEST, never());
    expect(stores()).toEqual([false, undefined, false]);
  });

  test('is not taken for one after it accepted the field', async () => {
    const chat = model();
    await chat.writeReply(REQUEST, never());
    fake.plan({ status: 400 });
    await expect(chat.writeReply(REQUEST, never())).rejects.toThrow(ModelFailure);
    expect(stores()).toEqual([false, false]);
  });
});

test('a response that failed after its 200 is retryable, limited or not', async () => {
  const codes = ['rate_limit_exceeded', 'server_error'];
  const server = createServer((_, response) => {
    const error = { code: codes.shift(), message: SECRET };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ object: 'response', status: 'failed', error, output: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const model = createReplyModel({
    api: 'responses',
    apiKey: 'k',
    baseUrl: `http://127.0.0.1:${port}/v1`,
    model: 'm',
    timeoutMs: 5000,
  });
  await expect(model.writeReply(REQUEST, never())).rejects.toMatchObject({ kind: 'rate limited' });
  await expect(model.writeReply(REQUEST, never())).rejects.toMatchObject({ kind: 'unavailable' });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
