import { inspect } from 'node:util';

import { MAX_REPLY_LENGTH } from '../../../domain/model-reply.ts';
import { MODEL_APIS } from '../../../lib/llm/create-reply-model.ts';
import {
  FAKE_REQUEST_ID,
  OUT_OF_QUOTA,
  RATE_LIMITED,
  startFakeModel,
} from '../../fakes/llm/fake-model.ts';
import type { FakeModel, FakeModelBehaviour } from '../../fakes/llm/fake-model.ts';
import { failureFrom, modelAt, SECRET } from './ask-fake.ts';

let fake: FakeModel;
beforeEach(async () => {
  fake = await startFakeModel();
});
afterEach(() => fake.close());

describe.each(MODEL_APIS)('over the %s interface', (api) => {
  const failing = (behaviour: FakeModelBehaviour) => {
    fake.usually(behaviour);
    return failureFrom(modelAt(fake.url, api));
  };

  test.each<[FakeModelBehaviour, string, boolean, number | null]>([
    [RATE_LIMITED, 'rate limited', true, 429],
    [OUT_OF_QUOTA, 'quota exhausted', false, 429],
    [{ status: 402 }, 'quota exhausted', false, 402],
    [{ status: 413 }, 'refused', false, 413],
    [{ status: 401, code: 'invalid_api_key' }, 'misconfigured', false, 401],
    [{ status: 403 }, 'misconfigured', false, 403],
    [{ status: 404, code: 'model_not_found' }, 'misconfigured', false, 404],
    [{ status: 417, code: 'unsupported_parameter' }, 'misconfigured', false, 417],
    [{ status: 418, code: 'content_filter' }, 'refused', false, 418],
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
  ])('%j is "%s", retryable %s, after one request', async (behaviour, kind, retryable, status) => {
    const told: unknown = JSON.parse(JSON.stringify(await failing(behaviour)));
    expect(told).toEqual({
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
    const failure = await failing({ status: 400 });
    expect(failure).toMatchObject({ kind: 'refused', retryable: false, status: 400 });
  });

  test('a model that is not there is unavailable', async () => {
    const model = modelAt(fake.url, api);
    await fake.close();
    expect(await failureFrom(model)).toMatchObject({ kind: 'unavailable', retryable: true });
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
    const told = [
      String(failure),
      failure.stack,
      JSON.stringify(failure),
      inspect(failure, { depth: 9, showHidden: true }),
    ].join();
    expect(told).not.toContain(SECRET);
    expect(told).not.toMatch(/provider's text|<html>|SyntaxError|TypeError/);
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
});
