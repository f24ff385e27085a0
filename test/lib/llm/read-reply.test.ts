import { readReply } from '../../../lib/llm/read-reply.ts';
import { MODEL_APIS } from '../../../lib/llm/create-reply-model.ts';
import { startFakeModel } from '../../fakes/llm/fake-model.ts';
import type { FakeModel } from '../../fakes/llm/fake-model.ts';
import { failureFrom, modelAt, never, REQUEST } from './ask-fake.ts';

const OBJECT = '{"reply":"We have rye.","action":"continue"}';
const RYE = { reply: 'We have rye.', action: 'continue' };

test.each([
  ['alone', OBJECT],
  ['in a Markdown fence', '```json\n' + OBJECT + '\n```'],
  ['in a fence without a language, with white space', '\n```\n' + OBJECT + '```  '],
  [
    'with keys that nobody asked for',
    '{"confidence":0.9,"reply":"We have rye.","action":"continue","x":{}}',
  ],
  ['between prose', 'Sure! Here is {the reply}: ' + OBJECT + ' I hope that "helps" {}.'],
  ['before a second one', OBJECT + '{"reply":"No.","action":"end"}'],
  ['inside of another', '{"response":' + OBJECT + '}'],
  ['in a list', '[' + OBJECT + ']'],
  ['as a text inside of a text', JSON.stringify({ reply: OBJECT, action: 'continue' })],
  ['after thoughts', '<think>{"reply":"No.","action":"end"}</think>\n' + OBJECT],
  ['after thoughts that were never opened', 'First {a} then </think>' + OBJECT],
  ['with thoughts inside', '{"reply":"<think>Rye?</think>We have rye.","action":"continue"}'],
])('a reply %s is read', (_where, text) => {
  expect(readReply(text)).toEqual(RYE);
});

test('a reply whose lines are broken inside of the string is read', () => {
  expect(readReply('{"reply":"one\ntwo","action":"end"}')).toEqual({
    reply: 'one\ntwo',
    action: 'end',
  });
});

test.each([
  ['no object', 'We have rye.'],
  ['half of one', OBJECT.slice(0, -3)],
  ['one without an action', '{"reply":"We have rye."}'],
  ['one whose thoughts never end', '{"reply":"<think>Rye?","action":"continue"}'],
  ['one in thoughts that never end', '<think>I will say ' + OBJECT],
  ['one that shows nothing', '{"reply":"\\u2800\\u3164 \\u200b","action":"continue"}'],
  [
    'one that is longer than any message',
    JSON.stringify({ reply: 'x'.repeat(8_001), action: 'end' }),
  ],
  ['very many braces', '{'.repeat(100_000)],
])('%s is no reply', (_what, text) => {
  expect(readReply(text)).toBeNull();
});

describe('over HTTP', () => {
  let fake: FakeModel;
  beforeEach(async () => {
    fake = await startFakeModel();
  });
  afterEach(() => fake.close());
  const chat = (message: object, finish_reason: string | null = 'stop') =>
    fake.plan({ body: { choices: [{ finish_reason, message }] } });
  const write = () => modelAt(fake.url, 'chat').writeReply(REQUEST, never());

  test.each(MODEL_APIS)('a fenced reply over the %s interface is read', async (api) => {
    fake.plan({ text: '```json\n' + OBJECT + '\n```' });
    expect(await modelAt(fake.url, api).writeReply(REQUEST, never())).toEqual(RYE);
  });

  test.each([
    [
      'a list of parts',
      [
        { type: 'text', text: OBJECT.slice(0, 9) },
        { type: 'text', text: OBJECT.slice(9) },
      ],
    ],
    ['parts without a type, and plain texts', [{ text: OBJECT.slice(0, 9) }, OBJECT.slice(9)]],
    [
      'parts of which some are thoughts',
      [
        { type: 'thinking', thinking: '{', text: '{"reply":"No."' },
        { type: 'text', text: OBJECT },
      ],
    ],
  ])('a content that is %s is joined', async (_what, content) => {
    chat({ content });
    expect(await write()).toEqual(RYE);
  });

  test('thoughts beside the content are not read', async () => {
    chat({
      content: OBJECT,
      reasoning_content: 'No {"reply":"No.","action":"end"}',
      reasoning: 'No.',
    });
    expect(await write()).toEqual(RYE);
  });

  test.each(['', null, 'stop', 'eos', 'end_turn'])(
    'an end that is called %j is one',
    async (reason) => {
      chat({ content: OBJECT }, reason);
      expect(await write()).toEqual(RYE);
    },
  );

  test.each(['length', 'content_filter'])('a text that ended by %s is none', async (reason) => {
    chat({ content: OBJECT }, reason);
    expect(await failureFrom(modelAt(fake.url, 'chat'))).toMatchObject({ kind: 'invalid answer' });
  });

  test.each(MODEL_APIS)(
    'of an answer without end over the %s interface little is read',
    async (api) => {
      fake.plan({ text: `${OBJECT}${' '.repeat(1024 * 1024)}` });
      expect(await failureFrom(modelAt(fake.url, api))).toMatchObject({ kind: 'invalid answer' });
    },
  );
});
