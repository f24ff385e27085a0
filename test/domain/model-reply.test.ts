import { z } from 'zod';

import { MAX_REPLY_LENGTH, MODEL_REPLY_JSON_SCHEMA, modelReply } from '../../domain/model-reply.ts';

const parsed = (reply: unknown, action: unknown = 'continue') =>
  modelReply.safeParse({ reply, action }).data?.reply ?? null;

test.each([
  [' Hello \r\n there\n', 'Hello \n there'],
  ['a\u0000b\u0007c\u009bd\te', 'abcd\te'],
  ['cut \ud83e', 'cut \ufffd'],
  ['family 👨‍👩‍👧 and é', 'family 👨‍👩‍👧 and é'],
  ['ev\u200bil \u202edlrow', 'evil dlrow'],
  ['your card is 4111 1111 1111 1111', 'your card is •••• 1111'],
])('the reply %j is kept as %j', (written, kept) => {
  expect(parsed(written)).toBe(kept);
});

test.each([[''], [' \n\u0000'], ['x'.repeat(MAX_REPLY_LENGTH + 1)], [7], [null]])(
  'a reply that cannot be sent is refused (case %#)',
  (reply) => {
    expect(parsed(reply)).toBeNull();
  },
);

test('an action we do not know is refused, and a key more is dropped', () => {
  expect(parsed('Hello', 'delete everything')).toBeNull();
  const more = { reply: 'Hello', action: 'end', to: 'x' };
  expect(modelReply.parse(more)).toEqual({ reply: 'Hello', action: 'end' });
  expect(parsed('x'.repeat(MAX_REPLY_LENGTH))).toHaveLength(MAX_REPLY_LENGTH);
});

test('the schema sent to the model is the one its answer is read with', () => {
  const { $schema: _, ...fromZod } = z.toJSONSchema(modelReply);
  const withoutProse: unknown = JSON.parse(
    JSON.stringify(MODEL_REPLY_JSON_SCHEMA, (key, value: unknown) =>
      key === 'description' ? undefined : value,
    ),
  );
  expect(withoutProse).toEqual(fromZod);
});
