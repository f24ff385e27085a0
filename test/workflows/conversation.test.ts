import { randomUUID } from 'node:crypto';
import { conversationId } from '../../domain/conversation.ts';
import { OUT_OF_QUOTA } from '../fakes/llm/fake-model.ts';
import type { FakeModelRequest } from '../fakes/llm/fake-model.ts';
import { eventually } from '../support/eventually.ts';
import { ACCOUNTS, createInstallation } from '../support/installation.ts';

const mayfly = await createInstallation({ TURN_DEADLINE: '4s' });

beforeEach(() => {
  mayfly.model.usually(sayLast);
  mayfly.meta.sent.length = 0;
  mayfly.model.requests.length = 0;
});

/** Says all of the conversation that it was given. */
const sayTurns = ({ turns }: FakeModelRequest) => ({ reply: JSON.stringify(turns) });
const sayLast = ({ turns }: FakeModelRequest) => ({ reply: `You said: ${turns.at(-1)?.text}` });
const DISCLOSURE =
  'You are writing with the automated assistant of Example Bakery. Write HUMAN for a person.\n\n';
/** A reply without the words that open a session. */
const plain = (text: string | undefined) => (text ?? '').replace(DISCLOSURE, '');

let people = 0;

/** A person with a number of their own, who writes on WhatsApp. */
function somebody() {
  people += 1;
  const from = `1555010${String(people).padStart(4, '0')}`;
  const write = (text: string, fields: { id?: string; timestamp?: Date } = {}) =>
    mayfly.post(
      'whatsapp',
      mayfly.webhooks.whatsAppTextWebhook({
        from,
        phoneNumberId: ACCOUNTS.whatsapp,
        text,
        ...fields,
      }),
    );
  return { from, write };
}

async function subjects() {
  return mayfly.db.selectFrom('mayfly.subjects').selectAll().orderBy('created_at').execute();
}

test('a message on WhatsApp gets exactly one answer, at the number it came from', async () => {
  const { from, write } = somebody();
  expect((await write('hello')).status).toBe(200);
  await mayfly.sent(1);
  expect(mayfly.meta.sent).toMatchObject([
    {
      channel: 'whatsapp',
      account: ACCOUNTS.whatsapp,
      to: `+${from}`,
      text: `${DISCLOSURE}You said: hello`,
    },
  ]);
});

test('a message on Instagram gets exactly one answer, from the account it was written to', async () => {
  const from = '200000000000099';
  const webhook = mayfly.webhooks.instagramTextWebhook({
    from,
    account: ACCOUNTS.instagram,
    text: 'hello',
  });
  expect((await mayfly.post('instagram', webhook)).status).toBe(200);
  await mayfly.sent(1);
  expect(mayfly.meta.sent).toMatchObject([
    {
      channel: 'instagram',
      account: ACCOUNTS.instagram,
      to: from,
      text: `${DISCLOSURE}You said: hello`,
    },
  ]);
});

test('the same webhook again, even many times at once, is acknowledged and answered once', async () => {
  const { from } = somebody();
  const webhook = mayfly.webhooks.whatsAppTextWebhook({
    from,
    phoneNumberId: ACCOUNTS.whatsapp,
    text: 'once',
  });
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => mayfly.post('whatsapp', webhook)),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
  await mayfly.sent(1);
  await mayfly.post('whatsapp', webhook);
  const { write } = somebody();
  await write('afterwards');
  expect((await mayfly.sent(2)).map(plain)).toEqual(['You said: once', 'You said: afterwards']);
});

test("messages that come while the model works are answered together, in the order of Meta's times", async () => {
  const { write } = somebody();
  mayfly.model.plan('hang');
  const now = Date.now();
  await write('third', { timestamp: new Date(now - 1_000) });
  await eventually(() => expect(mayfly.model.requests).toHaveLength(1));
  mayfly.model.usually(sayTurns);
  await write('first', { timestamp: new Date(now - 9_000) });
  await write('second', { timestamp: new Date(now - 5_000) });
  const [reply] = await mayfly.sent(1);
  mayfly.model.usually(sayLast);
  const turns = JSON.parse(plain(reply)) as { text: string }[];
  expect(turns.map(({ text }) => text)).toEqual(['first', 'second', 'third']);
  expect(mayfly.meta.sent).toHaveLength(1);
  expect(mayfly.model.requests[0]?.aborted).toBe(true);
});

test('the model remembers what was said in the session', async () => {
  const { write } = somebody();
  await write('my cake is blue');
  await mayfly.sent(1);
  mayfly.model.plan(sayTurns);
  await write('what colour?');
  const [, reply] = await mayfly.sent(2);
  expect(JSON.parse(plain(reply))).toEqual([
    { role: 'person', text: 'my cake is blue' },
    { role: 'assistant', text: `${DISCLOSURE}You said: my cake is blue` },
    { role: 'person', text: 'what colour?' },
  ]);
});

test('a model that says all it was given shows nothing of another person', async () => {
  const [one, other] = [somebody(), somebody()];
  await one.write('ONE-SECRET');
  await other.write('OTHER-SECRET');
  await mayfly.sent(2);
  mayfly.model.plan(sayTurns);
  await one.write('repeat everything you know');
  const replies = await mayfly.sent(3);
  expect(replies[2]).toContain('ONE-SECRET');
  expect(replies[2]).not.toContain('OTHER-SECRET');
});

test('a new session knows nothing of the one before', async () => {
  const before = await subjects();
  const { write } = somebody();
  await write('EARLIER-SECRET');
  await mayfly.sent(1);
  const known = new Set(before.map(({ id }) => id));
  const me = (await subjects()).find(({ id }) => !known.has(id));
  await mayfly.client.workflow
    .getHandle(conversationId(me?.id ?? ''))
    .terminate('the session is over');
  mayfly.model.plan(sayTurns);
  await write('repeat everything you know');
  const replies = await mayfly.sent(2);
  expect(replies[1]).toContain('repeat everything you know');
  expect(replies[1]).not.toContain('EARLIER-SECRET');
});

test('a person whom Meta names by user id alone, and later by number too, is one person', async () => {
  const phoneNumberId = ACCOUNTS.whatsapp;
  const userId = 'US.13491208655302741918';
  const post = (fields: { from?: string; userId?: string; text: string }) =>
    mayfly.post('whatsapp', mayfly.webhooks.whatsAppTextWebhook({ phoneNumberId, ...fields }));
  const before = (await subjects()).length;
  await post({ userId, text: 'one' });
  await mayfly.sent(1);
  await post({ userId, from: '15550109999', text: 'two' });
  await mayfly.sent(2);
  await post({ from: '15550109999', text: 'three' });
  await mayfly.sent(3);
  expect((await subjects()).length).toBe(before + 1);
  expect(mayfly.meta.sent.map(({ to }) => to)).toEqual([userId, '+15550109999', '+15550109999']);
});

test('a long answer goes out in parts that Meta takes, in order', async () => {
  const { write } = somebody();
  const reply = Array.from({ length: 700 }, (_, n) => `word${n}`).join(' ');
  mayfly.model.plan({ reply });
  await write('tell me a lot');
  const parts = await mayfly.sent(3);
  const words = parts.join(' ').split(/\s+/);
  expect(words.slice(-700).join(' ')).toBe(reply);
  expect(parts.every((part) => part.length <= 4096)).toBe(true);
});

test('a model that fails and comes back is asked again, and the person gets one answer', async () => {
  const { write } = somebody();
  mayfly.model.plan({ status: 500 }, 'reset', { reply: 'back again' });
  await write('hello?');
  expect((await mayfly.sent(1)).map(plain)).toEqual(['back again']);
});

test('a model that never answers ends in honest words within the deadline, never in silence', async () => {
  const { write } = somebody();
  mayfly.model.usually({ status: 503 });
  await write('hello?');
  const [reply] = await mayfly.sent(1);
  mayfly.model.usually(sayLast);
  expect(reply).toContain('member of our team');
  const written = await mayfly.db
    .selectFrom('mayfly.replies')
    .select(['origin', 'action'])
    .orderBy('created_at', 'desc')
    .executeTakeFirst();
  expect(written).toEqual({ origin: 'fallback', action: 'handoff' });
});

test('a model that hangs for longer than the deadline ends in honest words too', async () => {
  const { write } = somebody();
  mayfly.model.usually('hang');
  await write('hello?');
  const [reply] = await mayfly.sent(1);
  mayfly.model.usually(sayLast);
  expect(reply).toContain('member of our team');
});

test('a failure that waiting cannot mend is not tried again', async () => {
  const { write } = somebody();
  mayfly.model.plan(OUT_OF_QUOTA);
  await write('hello?');
  const [reply] = await mayfly.sent(1);
  expect(reply).toContain('technical fault');
  expect(mayfly.model.requests).toHaveLength(1);
});

test('a send that Meta throttles is tried again with the same words', async () => {
  const { write } = somebody();
  const error = { message: 'x', type: 'OAuthException', code: 130429, fbtrace_id: 'x' };
  mayfly.meta.plan({ status: 429, body: { error }, headers: { 'retry-after': '1' } });
  await write('hello');
  expect((await mayfly.sent(1)).map(plain)).toEqual(['You said: hello']);
  expect(mayfly.model.requests).toHaveLength(1);
});

test('statuses that come twice and out of order leave the furthest one', async () => {
  const { write } = somebody();
  await write('hello');
  await mayfly.sent(1);
  const [sent] = mayfly.meta.sent;
  if (sent === undefined) throw new Error('nothing was sent');
  for (const status of ['read', 'sent', 'delivered', 'read', 'sent'] as const) {
    await mayfly.post('whatsapp', mayfly.webhooks.statusWebhook(sent, status));
  }
  await eventually(async () => {
    const row = await mayfly.db
      .selectFrom('mayfly.deliveries')
      .select(['state', 'status'])
      .orderBy('created_at', 'desc')
      .executeTakeFirst();
    expect(row).toEqual({ state: 'confirmed', status: 'read' });
  });
});

test('a message older than the messaging window is not answered, and does not leave for the model', async () => {
  const before = new Set((await subjects()).map(({ id }) => id));
  const { write } = somebody();
  await write('yesterday', { timestamp: new Date(Date.now() - 25 * 3_600_000) });
  await eventually(async () => {
    const me = (await subjects()).find(({ id }) => !before.has(id));
    expect(me).toMatchObject({ wake_since: null });
  });
  expect(mayfly.model.requests).toHaveLength(0);
  expect(mayfly.meta.sent).toHaveLength(0);
});

test('a person under restriction is not answered, and the model is not asked', async () => {
  const before = new Set((await subjects()).map(({ id }) => id));
  const { write } = somebody();
  await write('hello');
  await mayfly.sent(1);
  const me = (await subjects()).find(({ id }) => !before.has(id))?.id ?? randomUUID();
  await mayfly.db
    .updateTable('mayfly.subjects')
    .set({ restricted_at: new Date() })
    .where('id', '=', me)
    .execute();
  await write('are you there?');
  await eventually(async () => {
    const row = await mayfly.db
      .selectFrom('mayfly.subjects')
      .select('wake_since')
      .where('id', '=', me)
      .executeTakeFirst();
    expect(row?.wake_since).toBeNull();
  });
  expect(mayfly.model.requests).toHaveLength(1);
  expect(mayfly.meta.sent).toHaveLength(1);
});
