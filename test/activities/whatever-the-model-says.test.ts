import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import fc from 'fast-check';
import { createAskModel } from '../../activities/ask-model.ts';
import { createWriteFallback, createWriteReply } from '../../activities/write-reply.ts';
import type { WriteReplyDeps } from '../../activities/write-reply.ts';
import { CHANNEL_LIMITS, CHANNELS } from '../../domain/channels.ts';
import { TURN_SLACK_MS } from '../../domain/conversation.ts';
import { createReplyModel } from '../../lib/llm/create-reply-model.ts';
import { startFakeModel } from '../fakes/llm/fake-model.ts';
import type { FakeModelBehaviour } from '../fakes/llm/fake-model.ts';
import { createStage } from './outbox-stage.ts';

const stage = await createStage();
const model = await startFakeModel();
afterAll(() => model.close());
beforeEach(() => {
  stage.reset();
  model.requests.length = 0;
});

const DISCLOSURE = /^You are writing with .*\n\n/;
const words: WriteReplyDeps['words'] = {
  speaker: { companyName: 'Example Bakery', contactEmail: 'privacy@example.com' },
  languages: ['en'],
  hours: null,
};
const knowledge = { size: 0, search: () => [], select: () => [] };
const shared = { ...stage.deps, counts: stage.counts };
const writing: WriteReplyDeps = {
  ...shared,
  words,
  deliver: stage.deliver,
  askModel: createAskModel({
    ...shared,
    model: createReplyModel({
      ...{ api: 'chat', apiKey: 'key', baseUrl: model.url, model: 'm', timeoutMs: 5_000 },
    }),
    assistant: {
      ...{ persona: '', hours: null, accounts: null, links: null, knowledge },
      languages: ['en'],
    },
    companyName: 'Example Bakery',
    longestCallMs: 5_000,
  }),
  showReading: () => Promise.resolve('shown'),
  offerDeletion: () => Promise.reject(new Error('nobody asked for that')),
  collect: { quietMs: 0, maxMs: 6_000 },
  pollMs: 20,
  dailyBudget: () => Promise.resolve('left'),
  noticeRepetition: () => Promise.resolve('none'),
};
const MOST_ATTEMPTS = 5;
const SILENT = { logger: new DefaultLogger('ERROR', () => undefined) };

/** One turn as the workflow takes it, without its waits. */
async function takeTurn(turn: { subjectId: string; sessionId: string; turn: number }) {
  const write = createWriteReply(writing);
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const info = {
      attempt,
      scheduledTimestampMs: Date.now(),
      scheduleToCloseTimeoutMs: 60_000 + TURN_SLACK_MS,
    };
    try {
      return await new MockActivityEnvironment(info, SILENT).run(write, turn);
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      if (error.nonRetryable) break;
    }
  }
  return new MockActivityEnvironment().run(createWriteFallback(writing), turn);
}

const pieces = fc.constantFrom(
  ...[
    '**',
    '*',
    '_',
    '~~',
    '`',
    '```',
    '\n',
    ' ',
    '# ',
    '- ',
    '> ',
    '[',
    '](',
    ')',
    '{',
    '}',
    '"',
    '\\',
  ],
  ...[
    '<think>',
    '</think>',
    '<thinking>',
    '<b>',
    '\u2800',
    '\u202e',
    '\u0000',
    '👨‍👩‍👧',
    'bread',
    'é',
    '5 €',
  ],
  ...['https://example.com/a_b', '4111 1111 1111 1111', 'word '.repeat(300)],
);
const said = fc.array(pieces, { maxLength: 12 }).map((units) => units.join(''));
const wrapped = fc
  .tuple(said, said, said, fc.constantFrom('continue', 'end', 'sing'))
  .map(
    ([before, reply, after, action]) =>
      `${before}${JSON.stringify({ why: 1, reply, action })}${after}`,
  );
const whatever: fc.Arbitrary<FakeModelBehaviour> = fc.oneof(
  wrapped.map((text) => ({ text })),
  said.map((reply) => ({ reply })),
  said.map((text) => ({ text })),
  wrapped.map((text) => ({
    body: { choices: [{ finish_reason: '', message: { content: [{ type: 'text', text }] } }] },
  })),
  fc.constantFrom<FakeModelBehaviour>(
    'refusal',
    'incomplete',
    'not json',
    { body: {} },
    { reply: 'x'.repeat(200_000) },
  ),
);

test.each(CHANNELS)(
  'whatever a model returns, a person on %s gets one readable answer within the limits, without marks and thoughts, after two calls at most',
  async (channel) => {
    const { unit, maximum } = CHANNEL_LIMITS[channel];
    const sizeOf = (text: string) =>
      unit === 'bytes' ? Buffer.byteLength(text) : [...text].length;
    await fc.assert(
      fc.asyncProperty(whatever, async (behaviour) => {
        stage.reset();
        model.requests.length = 0;
        model.usually(behaviour);
        const { subjectId } = await stage.somebody(channel);
        await takeTurn({ subjectId, sessionId: crypto.randomUUID(), turn: 1 });
        const texts = await stage.db
          .selectFrom('mayfly.deliveries')
          .select('id')
          .where('subject_id', '=', subjectId)
          .execute();
        expect(texts.length).toBeGreaterThan(0);
        expect(model.requests.length).toBeLessThanOrEqual(2);
        const shown = stage.meta.sent.map(({ text }) => text);
        for (const text of shown) {
          expect(sizeOf(text)).toBeLessThanOrEqual(maximum);
          const own = text.replace(DISCLOSURE, '');
          expect(own).not.toMatch(/\*\*|~~|^#{1,6}\s|\]\(|<\/?think|4111 1111 1111 1111|\u202e/m);
          if (channel === 'instagram') expect(own).not.toMatch(/`|^>\s/m);
          expect(own.replaceAll(/[\s\u2800]/g, '')).not.toBe('');
        }
      }),
      { numRuns: 60 },
    );
  },
);
