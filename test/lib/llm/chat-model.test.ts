import { mayKeep } from '../../../lib/llm/chat-model.ts';
import { ModelFailure } from '../../../lib/llm/model-failure.ts';
import { startFakeModel } from '../../fakes/llm/fake-model.ts';
import type { FakeModel } from '../../fakes/llm/fake-model.ts';
import { modelAt, never, REQUEST } from './ask-fake.ts';

let fake: FakeModel;
beforeEach(async () => {
  fake = await startFakeModel();
});
afterEach(() => fake.close());

const stores = () => fake.requests.map(({ body }) => body.store);

test.each([400, 422])(
  'a server that answers "store" with %d is asked once more without it, and from then on without it',
  async (status) => {
    const chat = modelAt(fake.url, 'chat');
    fake.plan({ status });
    expect(await chat.writeReply(REQUEST, never())).toMatchObject({ action: 'continue' });
    await chat.writeReply(REQUEST, never());
    expect(stores()).toEqual([false, undefined, undefined]);
  },
);

test('a refusal for another reason changes nothing for the next request', async () => {
  const chat = modelAt(fake.url, 'chat');
  fake.plan({ status: 400 }, { status: 400 });
  await expect(chat.writeReply(REQUEST, never())).rejects.toThrow(ModelFailure);
  await chat.writeReply(REQUEST, never());
  expect(stores()).toEqual([false, undefined, false]);
});

test('a server that once accepted "store" never gets a request without it', async () => {
  const chat = modelAt(fake.url, 'chat');
  await chat.writeReply(REQUEST, never());
  fake.plan({ status: 400 });
  await expect(chat.writeReply(REQUEST, never())).rejects.toThrow(ModelFailure);
  expect(stores()).toEqual([false, false]);
});

test.each([
  ['https://api.openai.com/v1', true],
  ['https://eu.API.openai.com./v1', true],
  ['https://example.openai.azure.com/openai/v1', true],
  ['https://openai.com.example.com/v1', false],
  ['https://notopenai.com/v1', false],
  ['http://127.0.0.1:8080/v1', false],
])('whether %s is ever asked without "store": not if %s', (baseUrl, keeps) => {
  expect(mayKeep(baseUrl)).toBe(keeps);
});
