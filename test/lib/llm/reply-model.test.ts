import { MODEL_REPLY_JSON_SCHEMA } from '../../../domain/model-reply.ts';
import { MODEL_APIS } from '../../../lib/llm/create-reply-model.ts';
import { startFakeModel } from '../../fakes/llm/fake-model.ts';
import type { FakeModel, FakeModelBehaviour } from '../../fakes/llm/fake-model.ts';
import { failureFrom, modelAt, never, REQUEST, SECRET, until } from './ask-fake.ts';

let fake: FakeModel;
beforeEach(async () => {
  fake = await startFakeModel();
});
afterEach(() => fake.close());

describe.each(MODEL_APIS)('over the %s interface', (api) => {
  const write = (request = REQUEST) => modelAt(fake.url, api).writeReply(request, never());

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
    const expected = {
      responses: {
        model: 'm',
        instructions,
        input: messages,
        text: { format: { type: 'json_schema', ...format } },
        store: false,
      },
      chat: {
        model: 'm',
        messages: [{ role: 'system', content: instructions }, ...messages],
        response_format: { type: 'json_schema', json_schema: format },
        store: false,
      },
    };
    expect(fake.requests[0]?.api).toBe(api);
    expect(fake.requests[0]?.body).toEqual(expected[api]);
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
    const headers = fake.requests[0]?.headers ?? {};
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
    expect(fake.requests[0]?.turns).toEqual([{ role: 'person', text: 'cut \ufffd' }]);
  });

  test('a redirect is not followed: the words go to the configured host or nowhere', async () => {
    const elsewhere = await startFakeModel();
    const location = `${elsewhere.url}/${api === 'chat' ? 'chat/completions' : 'responses'}`;
    fake.plan({ status: 307, headers: { location } });
    const failure = await failureFrom(modelAt(fake.url, api));
    expect(failure).toMatchObject({ kind: 'misconfigured', retryable: false, status: 307 });
    expect(elsewhere.requests).toHaveLength(0);
    await elsewhere.close();
  });

  test('the client writes nothing to the console, even when the environment tells it to', async () => {
    const written: unknown[] = [];
    const saved = { ...console };
    for (const level of ['debug', 'info', 'warn', 'error', 'log'] as const) {
      console[level] = (...words: unknown[]) => void written.push(words);
    }
    process.env.OPENAI_LOG = 'debug';
    try {
      await write();
      fake.plan({ status: 500 });
      await failureFrom(modelAt(fake.url, api));
    } finally {
      delete process.env.OPENAI_LOG;
      Object.assign(console, saved);
    }
    expect(written).toEqual([]);
  });

  test.each<FakeModelBehaviour>(['hang', { reply: 'late', afterMs: 30_000 }])(
    'aborting while the model answers with %j closes the connection',
    async (behaviour) => {
      const controller = new AbortController();
      fake.plan(behaviour);
      const failure = failureFrom(modelAt(fake.url, api), controller.signal);
      await until(() => fake.requests.length === 1);
      controller.abort(new Error(SECRET));
      expect(await failure).toMatchObject({ kind: 'aborted', retryable: true, status: null });
      await until(() => fake.requests[0]?.aborted === true);
    },
  );

  test('aborting when half of the answer is here closes the connection', async () => {
    fake.plan('hang in body');
    const controller = new AbortController();
    const failure = failureFrom(modelAt(fake.url, api), controller.signal);
    await until(() => fake.requests.length === 1);
    controller.abort();
    expect(await failure).toMatchObject({ kind: 'aborted', retryable: true, status: null });
    await until(() => fake.requests[0]?.aborted === true);
  });

  test('a signal aborted before means no request at all', async () => {
    const failure = await failureFrom(modelAt(fake.url, api), AbortSignal.abort());
    expect(failure).toMatchObject({ kind: 'aborted' });
    expect(fake.requests).toHaveLength(0);
  });

  test.each<FakeModelBehaviour>(['hang', 'hang in body'])(
    'a model that answers with %j is given up after the time-out, and may be asked again',
    async (behaviour) => {
      fake.plan(behaviour);
      const failure = await failureFrom(modelAt(fake.url, api, 150));
      expect(failure).toMatchObject({ kind: 'too slow', retryable: true });
      await until(() => fake.requests[0]?.aborted === true);
    },
  );
});
