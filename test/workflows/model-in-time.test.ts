import { conversationId } from '../../domain/conversation.ts';
import { RATE_LIMITED } from '../fakes/llm/fake-model.ts';
import type { FakeModelBehaviour } from '../fakes/llm/fake-model.ts';
import { ACCOUNTS, createInstallation } from '../support/installation.ts';

const mayfly = await createInstallation({ TURN_DEADLINE: '4s' });

beforeEach(() => {
  mayfly.model.usually({ reply: 'We have rye.' });
  mayfly.meta.sent.length = 0;
  mayfly.model.requests.length = 0;
});

let people = 0;

/** Somebody new, who writes; and their row. */
async function somebody(text: string) {
  people += 1;
  const from = `1555011${String(people).padStart(4, '0')}`;
  const write = (words: string) =>
    mayfly.post(
      'whatsapp',
      mayfly.webhooks.whatsAppTextWebhook({
        from,
        phoneNumberId: ACCOUNTS.whatsapp,
        text: words,
      }),
    );
  await write(text);
  const subject = () =>
    mayfly.db
      .selectFrom('mayfly.subjects')
      .select(['id', 'human_until'])
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
  return { write, subject };
}

/** How often the turn's activity was ordered: more than once when it began afresh. */
async function turnsOrdered(subjectId: string): Promise<number> {
  const { events } = await mayfly.client.workflow
    .getHandle(conversationId(subjectId))
    .fetchHistory();
  return (events ?? []).filter(
    ({ activityTaskScheduledEventAttributes: ordered }) =>
      ordered?.activityType?.name === 'writeReply',
  ).length;
}

test.each<FakeModelBehaviour>(['hang', 'hang in body', 'drip'])(
  'a model that answers with %j is given up at the deadline, which is for all calls together, and people hear of a human',
  async (behaviour) => {
    mayfly.model.usually(behaviour);
    const { subject } = await somebody('hello?');
    const [reply] = await mayfly.sent(1);
    expect(reply).toContain('A member of our team will read your message');
    const { id } = await subject();
    expect(await turnsOrdered(id)).toBe(1);
    expect(mayfly.model.requests.length).toBeLessThanOrEqual(3);
  },
);

test('a provider that asks for more patience than the turn has is not waited for in vain', async () => {
  mayfly.model.usually({ ...RATE_LIMITED, headers: { 'retry-after': '3600' } });
  await somebody('hello?');
  const [reply] = await mayfly.sent(1);
  expect(reply).toContain('A member of our team will read your message');
  expect(mayfly.model.requests).toHaveLength(1);
});

const UNUSABLE: FakeModelBehaviour[] = [
  'refusal',
  'incomplete',
  'not json',
  'invalid answer',
  { reply: 'x'.repeat(200_000) },
  { reply: '\u2800' },
  { text: '<think>I never end' },
];

test.each(UNUSABLE)(
  'an answer that cannot be used is asked for once more, and then people hear of a human (case %#)',
  async (behaviour) => {
    mayfly.model.usually(behaviour);
    await somebody('hello?');
    const [reply] = await mayfly.sent(1);
    expect(reply).toContain('A member of our team will read your message');
    expect(mayfly.model.requests).toHaveLength(2);
  },
);

test('an answer that cannot be used, and then one that can, is one answer', async () => {
  mayfly.model.plan('refusal');
  await somebody('hello?');
  const [reply] = await mayfly.sent(1);
  expect(reply).toContain('We have rye.');
  expect(mayfly.model.requests).toHaveLength(2);
});

test.each([401, 402, 403, 404])(
  'when the provider answers %d the fault is ours: no human is promised, nobody is left alone, and the next message is answered',
  async (status) => {
    mayfly.model.plan({ status });
    const { write, subject } = await somebody('hello?');
    const [reply] = await mayfly.sent(1);
    expect(reply).toContain('technical fault');
    expect(reply).not.toContain('will read your message');
    expect((await subject()).human_until).toBeNull();
    await write('and now?');
    const [, next] = await mayfly.sent(2);
    expect(next).toContain('We have rye.');
    expect(mayfly.model.requests).toHaveLength(2);
  },
);

test('the operator is told of the fault once, and that it is over', () => {
  const events = mayfly.logLines
    .map((line) => (JSON.parse(line) as { event?: string }).event)
    .filter((event) => event?.startsWith('model '));
  expect(events).toEqual(
    Array.from({ length: 4 }, () => ['model refuses us', 'model answers again']).flat(),
  );
});

test('marks become the marks of WhatsApp on the way out', async () => {
  mayfly.model.usually({
    text: '```json\n{"reply":"# Bread\\n**Rye** at [our page](https://example.com)","action":"continue","why":1}\n```',
  });
  await somebody('hello?');
  const [reply] = await mayfly.sent(1);
  expect(reply).toContain('*Bread*\n*Rye* at our page (https://example.com)');
});
