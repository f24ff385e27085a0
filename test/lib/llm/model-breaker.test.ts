import { guardModel } from '../../../lib/llm/model-breaker.ts';
import { startFakeModel } from '../../fakes/llm/fake-model.ts';
import type { FakeModel } from '../../fakes/llm/fake-model.ts';
import { failureFrom, modelAt, never, REQUEST } from './ask-fake.ts';

let fake: FakeModel;
let clockMs: number;
let told: (string | null)[];
beforeEach(async () => {
  fake = await startFakeModel();
  clockMs = 0;
  told = [];
});
afterEach(() => fake.close());

const guarded = () =>
  guardModel(modelAt(fake.url, 'responses'), {
    now: () => clockMs,
    onFault: (fault) => void told.push(fault),
  });
const NO_KEY = { status: 401, code: 'invalid_api_key' };

test('the next request after a refused key tries again, and when the key is mended it is answered', async () => {
  const model = guarded();
  fake.plan(NO_KEY);
  expect(await failureFrom(model)).toMatchObject({ kind: 'misconfigured' });
  expect(await model.writeReply(REQUEST, never())).toMatchObject({ action: 'continue' });
  expect(told).toEqual(['misconfigured', null]);
});

test('a key that stays refused is tried ever more rarely, at least twice a minute, and told of once', async () => {
  const model = guarded();
  fake.usually({ status: 404 });
  for (let request = 0; request < 20; request += 1)
    expect(await failureFrom(model)).toMatchObject({ kind: 'misconfigured' });
  expect(fake.requests).toHaveLength(3);
  for (clockMs = 0; clockMs < 600_000; clockMs += 100) await failureFrom(model);
  expect(fake.requests.length).toBeGreaterThan(20);
  expect(fake.requests.length).toBeLessThan(30);
  expect(told).toEqual(['misconfigured']);
});

test('many at once wait for the one that finds out, and are answered when it is', async () => {
  const model = guarded();
  fake.plan({ status: 402 });
  await failureFrom(model);
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => model.writeReply(REQUEST, never())),
  );
  expect(answers).toHaveLength(5);
  fake.usually({ status: 402 });
  await failureFrom(model);
  const asked = fake.requests.length;
  await Promise.all(Array.from({ length: 5 }, () => failureFrom(model)));
  expect(fake.requests.length).toBe(asked + 1);
});

test('requests that were under way together have found one fault', async () => {
  const model = guarded();
  fake.usually(NO_KEY);
  await Promise.all(Array.from({ length: 8 }, () => failureFrom(model)));
  fake.usually({ reply: 'Rye.' });
  expect(await model.writeReply(REQUEST, never())).toMatchObject({ reply: 'Rye.' });
});

test('whoever gives up while another finds out does not wait for it', async () => {
  const model = guarded();
  fake.plan(NO_KEY, 'hang');
  await failureFrom(model);
  const first = new AbortController();
  const probing = failureFrom(model, first.signal);
  const impatient = new AbortController();
  const waiting = failureFrom(model, impatient.signal);
  impatient.abort();
  expect(await waiting).toMatchObject({ kind: 'aborted' });
  first.abort();
  expect(await probing).toMatchObject({ kind: 'aborted' });
});

test.each([{ status: 503 }, 'refusal', { status: 400 }] as const)(
  'after %j, which is no fault of our settings, each request is made',
  async (behaviour) => {
    const model = guarded();
    fake.usually(behaviour);
    for (let request = 0; request < 6; request += 1) await failureFrom(model);
    expect(fake.requests).toHaveLength(6);
    expect(told).toEqual([]);
  },
);
