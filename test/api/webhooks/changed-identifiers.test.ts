import { ACCOUNTS, createInstallation } from '../../support/installation.ts';
import { whatsAppBody, withoutDisclosure } from '../../support/persons.ts';
import { eventually } from '../../support/eventually.ts';

const mayfly = await createInstallation();
let count = 0;

/** Two numbers and user ids that nobody had before. */
function fresh() {
  count += 1;
  const tail = String(count).padStart(4, '0');
  return {
    before: { from: `1555071${tail}`, userId: `US.71${tail}ABCDEF` },
    after: { from: `1555072${tail}`, userId: `US.72${tail}ABCDEF` },
    stranger: { userId: `US.73${tail}ABCDEF` },
  };
}

interface Named {
  from?: string;
  userId?: string;
}

beforeEach(() =>
  mayfly.model.usually(({ turns }) => ({
    reply: turns.map(({ role, text }) => `${role}: ${withoutDisclosure(text)}`).join(' | '),
  })),
);

async function write(named: Named, text: string): Promise<void> {
  const response = await mayfly.post(
    'whatsapp',
    mayfly.webhooks.whatsAppTextWebhook({ ...named, phoneNumberId: ACCOUNTS.whatsapp, text }),
  );
  expect(response.status).toBe(200);
}

async function system(type: string, from: Named, fields: object): Promise<void> {
  const message = {
    ...(from.from ? { from: from.from } : {}),
    id: `wamid.system-${crypto.randomUUID()}`,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: 'system',
    system: { body: 'User A changed', type, ...fields },
  };
  const response = await mayfly.post(
    'whatsapp',
    mayfly.webhooks.signed(whatsAppBody({ messages: [message] })),
  );
  expect(response.status).toBe(200);
}

const changedNumber = (
  before: { from: string; userId: string },
  after: { from: string; userId: string },
) =>
  system('user_changed_number', before, {
    wa_id: after.from,
    user_id: after.userId,
    previous_user_id: before.userId,
  });

async function heard(to: string, texts: number): Promise<string[]> {
  const received = () =>
    mayfly.meta.sent.filter((sent) => sent.to === to).map(({ text }) => withoutDisclosure(text));
  await eventually(() => expect(received().length).toBeGreaterThanOrEqual(texts));
  return received();
}

const subjects = async () =>
  (await mayfly.db.selectFrom('mayfly.subjects').select('id').execute()).length;

test('someone who changes their number goes on with the same conversation, and is answered at the new one', async () => {
  const { before, after } = fresh();
  await write(before, 'my cake is blue');
  await heard(`+${before.from}`, 1);
  const known = await subjects();
  await changedNumber(before, after);
  await write(after, 'which colour?');
  expect(await heard(`+${after.from}`, 1)).toEqual([
    'person: my cake is blue | assistant: person: my cake is blue | person: which colour?',
  ]);
  expect(await subjects()).toBe(known);
});

test('an answer that is being written when the number changes goes to the new one', async () => {
  const { before, after } = fresh();
  mayfly.model.plan({ reply: 'an answer', afterMs: 1_000 });
  await write(before, 'hello');
  await changedNumber(before, after);
  expect(await heard(`+${after.from}`, 1)).toEqual(['an answer']);
  expect(mayfly.meta.sent.filter(({ to }) => to === `+${before.from}`)).toEqual([]);
});

test('the next holder of a number is told nothing of the one before, who is not answered there', async () => {
  const { before, stranger } = fresh();
  await write(before, 'MY-SECRET');
  await heard(`+${before.from}`, 1);
  mayfly.model.plan({ reply: 'late answer to the one before', afterMs: 1_500 });
  await write(before, 'ANOTHER-SECRET');
  await write({ from: before.from, ...stranger }, 'what did I tell you?');
  const texts = await heard(`+${before.from}`, 2);
  expect(texts[1]).toBe('person: what did I tell you?');
  await eventually(async () => {
    const rows = await mayfly.db
      .selectFrom('mayfly.deliveries')
      .select('state')
      .where('state', 'in', ['planned', 'suppressed', 'intent'])
      .execute();
    expect(rows.map(({ state }) => state)).toEqual(['suppressed']);
  });
  expect(mayfly.meta.sent.some(({ text }) => text.includes('late answer'))).toBe(false);
});

test('a user id that changes alone leaves the person who they are', async () => {
  const { before, after } = fresh();
  await write(before, 'my cake is blue');
  await heard(`+${before.from}`, 1);
  await system(
    'user_changed_user_id',
    { from: before.from },
    { user_id: after.userId, previous_user_id: before.userId },
  );
  await write({ from: before.from, userId: after.userId }, 'which colour?');
  expect((await heard(`+${before.from}`, 2))[1]).toContain('my cake is blue');
});

test("somebody whose new number is somebody else's does not come to see their words", async () => {
  const { before, after } = fresh();
  await write(after, 'OTHERS-SECRET');
  await heard(`+${after.from}`, 1);
  await write(before, 'hello');
  await heard(`+${before.from}`, 1);
  await changedNumber(before, after);
  await write({ userId: before.userId }, 'what do you know?');
  expect(await heard(before.userId, 1)).toEqual(['person: what do you know?']);
  await write(after, 'and I?');
  const [, answer] = await heard(`+${after.from}`, 2);
  expect(answer).toContain('OTHERS-SECRET');
  expect(answer).not.toContain('hello');
});
