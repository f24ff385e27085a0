import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createAskModel } from '../../activities/ask-model.ts';
import type { Assistant } from '../../lib/assistant/load-assistant.ts';
import { ModelFailure } from '../../lib/llm/model-failure.ts';
import type { ReplyModel } from '../../lib/llm/reply-model.ts';
import { fenceSubject } from '../../store/erasure/erasure.ts';
import { Tombstones } from '../../store/erasure/tombstones.ts';
import { inTransaction } from '../../store/transaction.ts';
import { insertSilentPeople } from '../support/silent-people.ts';
import { createStorage } from '../support/storage.ts';

const LONGEST_CALL_MS = 10_000;
const { db, ring, people } = await createStorage();
const tombstones = new Tombstones(ring);
const assistant = {
  persona: 'A baker.',
  languages: ['en'],
  knowledge: { select: () => [] },
} as unknown as Assistant;

const askedUntil = async (subjectId: string) => {
  const { model_asked_until: until } = await db
    .selectFrom('mayfly.subjects')
    .select('model_asked_until')
    .where('id', '=', subjectId)
    .executeTakeFirstOrThrow();
  return until?.getTime() ?? null;
};

/** Asks a model for somebody; `calls` is what another connection could read when each call was made. */
async function ask(model: ReplyModel['writeReply'], subjectId: string, signal?: AbortSignal) {
  const calls: (number | null)[] = [];
  const askModel = createAskModel({
    ...{ db, people, assistant },
    companyName: 'Example Bakery',
    longestCallMs: LONGEST_CALL_MS,
    model: {
      writeReply: async (request, either) => {
        calls.push(await askedUntil(subjectId));
        return model(request, either);
      },
    },
  });
  const turn = { subjectId, sessionId: randomUUID(), turn: 1 };
  const messages = [
    { id: randomUUID(), arrival: 1n, kind: 'text' as const, text: 'hello', changedAt: null },
  ];
  const end = await new MockActivityEnvironment()
    .run(() => askModel(turn, messages, signal ?? new AbortController().signal))
    .catch((error: unknown) => error);
  return { calls, end };
}

const someone = async () =>
  (await insertSilentPeople(db, ring, { count: 1, days: 1 }))[0]?.id ?? '';

test.each([
  ['answers', () => Promise.resolve({ reply: 'Hello!', action: 'continue' as const })],
  ['fails', () => Promise.reject(new ModelFailure('unavailable'))],
  ['refuses', () => Promise.reject(new ModelFailure('refused'))],
  ['is cut off', () => Promise.reject(new ModelFailure('aborted'))],
] as const)(
  'P-D2: that text leaves for a model that %s was written down before it left, and counts until the call can have ended',
  async (_, model) => {
    const subjectId = await someone();
    expect(await askedUntil(subjectId)).toBeNull();
    const before = Date.now();
    const { calls } = await ask(model, subjectId);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toBeGreaterThanOrEqual(before + LONGEST_CALL_MS - 1_000);
    const fence = await inTransaction(db, (trx) => fenceSubject(trx, tombstones, subjectId));
    expect(fence?.lastModelCallMs).toBe(calls[0]);
  },
);

test('P-D2: of several calls the latest counts', async () => {
  const subjectId = await someone();
  const fails = () => Promise.reject(new ModelFailure('unavailable'));
  const { calls: first } = await ask(fails, subjectId);
  const { calls: second } = await ask(fails, subjectId);
  expect(second[0]).toBeGreaterThan(first[0] ?? Infinity);
  expect(await askedUntil(subjectId)).toBe(second[0]);
});

test('P-D3: nothing leaves for the model of somebody who is being erased, and nothing is noted', async () => {
  const subjectId = await someone();
  await inTransaction(db, (trx) => fenceSubject(trx, tombstones, subjectId));
  const { calls, end } = await ask(() => Promise.reject(new Error('asked')), subjectId);
  expect(calls).toEqual([]);
  expect(end).toMatchObject({ name: 'ModelFailure', kind: 'aborted', retryable: true });
  expect(await askedUntil(subjectId)).toBeNull();
});
