import { conversationId } from '../../domain/conversation.ts';
import { graphError } from '../fakes/meta/graph-bodies.ts';
import type { SentText } from '../fakes/meta/fake-meta.ts';
import { eventually } from '../support/eventually.ts';
import { ACCOUNTS, createInstallation } from '../support/installation.ts';

const mayfly = await createInstallation({ EVIDENCE_WAIT: '3s', TURN_DEADLINE: '12s' });
/** More than half of a turn's time, and far from all of it. */
const LATE_MS = 6_500;
/** Long enough for two parts on either channel, so that something follows the part whose answer is lost. */
const LONG = Array.from({ length: 700 }, (_, n) => `word${n}`).join(' ');

beforeEach(() => {
  mayfly.meta.forgetPlans();
  mayfly.meta.sent.length = 0;
  mayfly.model.usually(() => ({ reply: 'an answer' }));
});

let people = 0;

/** Someone new who writes on a channel; resolves to their subject's id. */
async function write(channel: 'whatsapp' | 'instagram', text = 'hello'): Promise<string> {
  people += 1;
  const number = String(people).padStart(4, '0');
  const { webhooks } = mayfly;
  const webhook =
    channel === 'whatsapp'
      ? webhooks.whatsAppTextWebhook({
          from: `1555030${number}`,
          phoneNumberId: ACCOUNTS.whatsapp,
          text,
        })
      : webhooks.instagramTextWebhook({
          from: `30000000000${number}`,
          account: ACCOUNTS.instagram,
          text,
        });
  expect((await mayfly.post(channel, webhook)).status).toBe(200);
  const { id } = await mayfly.db
    .selectFrom('mayfly.subjects')
    .select('id')
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return id;
}

async function partsOf(subjectId: string) {
  return mayfly.db
    .selectFrom('mayfly.deliveries')
    .select(['state', 'resends'])
    .where('subject_id', '=', subjectId)
    .orderBy('part')
    .execute();
}

async function eventsOf(subjectId: string) {
  const { events } = await mayfly.client.workflow
    .getHandle(conversationId(subjectId))
    .fetchHistory();
  return events ?? [];
}

/** The signals that a conversation got, and how many of its timers ran out. */
async function historyOf(subjectId: string): Promise<{ signals: string[]; timersFired: number }> {
  const all = await eventsOf(subjectId);
  return {
    signals: all.flatMap(
      (event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? [],
    ),
    timersFired: all.filter((event) => event.timerFiredEventAttributes).length,
  };
}

function sentAt(index: number): SentText {
  const sent = mayfly.meta.sent[index];
  if (sent === undefined) throw new Error(`fewer than ${index + 1} texts were sent`);
  return sent;
}

test('evidence by webhook ends the wait for it, and the next part follows at once', async () => {
  mayfly.model.usually(() => ({ reply: LONG }));
  mayfly.meta.plan('execute then drop');
  const subjectId = await write('whatsapp');
  await mayfly.sent(1);
  await eventually(async () => expect((await partsOf(subjectId))[0]?.state).toBe('ambiguous'));
  await mayfly.post('whatsapp', mayfly.webhooks.statusWebhook(sentAt(0), 'delivered'));
  await eventually(async () => {
    const [first, ...rest] = await partsOf(subjectId);
    expect(first).toEqual({ state: 'confirmed', resends: 0 });
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.every(({ state }) => state === 'accepted')).toBe(true);
  });
  const texts = mayfly.meta.sent.map(({ text }) => text);
  expect(new Set(texts).size).toBe(texts.length);
  // What nobody waits for costs no event.
  for (const sent of [...mayfly.meta.sent]) {
    await mayfly.post('whatsapp', mayfly.webhooks.statusWebhook(sent, 'read'));
  }
  expect(await historyOf(subjectId)).toEqual({ signals: ['woken', 'evidence'], timersFired: 0 });
});

test('a reply goes out from where it was written, without a workflow task in between', async () => {
  const subjectId = await write('whatsapp');
  await mayfly.sent(1);
  // The task that learns of the written reply has ended, and has asked for nothing.
  await eventually(async () => {
    const [written, , , last] = (await eventsOf(subjectId)).slice(-4);
    expect(written?.activityTaskCompletedEventAttributes).toBeTruthy();
    expect(last?.workflowTaskCompletedEventAttributes).toBeTruthy();
  });
  expect(await partsOf(subjectId)).toEqual([{ state: 'accepted', resends: 0 }]);
});

test('a reply that was written late in the turn is sent by the workflow, which no deadline cuts off', async () => {
  mayfly.model.plan({ reply: 'late', afterMs: LATE_MS });
  const subjectId = await write('whatsapp');
  await mayfly.sent(1);
  await eventually(async () => {
    const [last] = (await eventsOf(subjectId)).slice(-1);
    expect(last?.markerRecordedEventAttributes).toBeTruthy();
  });
  expect(await partsOf(subjectId)).toEqual([{ state: 'accepted', resends: 0 }]);
});

test('on instagram the thread is read when no echo comes, and nothing is sent twice', async () => {
  mayfly.model.usually(() => ({ reply: LONG }));
  mayfly.meta.plan('execute then drop');
  const subjectId = await write('instagram');
  await eventually(async () => {
    const parts = await partsOf(subjectId);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.every(({ state }) => state === 'accepted' || state === 'confirmed')).toBe(true);
  });
  const texts = mayfly.meta.sent.map(({ text }) => text);
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts.join(' ').split(/\s+/).slice(-700).join(' ')).toBe(LONG);
});

test('a text that was lost before Meta read it arrives once', async () => {
  mayfly.meta.plan('drop before reading');
  const subjectId = await write('whatsapp');
  await mayfly.sent(1);
  await eventually(async () =>
    expect(await partsOf(subjectId)).toEqual([{ state: 'accepted', resends: 1 }]),
  );
  expect(mayfly.meta.sent).toHaveLength(1);
});

test('a duplicate that late statuses prove is counted where an operator sees it', async () => {
  mayfly.meta.plan('execute then drop');
  const subjectId = await write('whatsapp');
  await mayfly.sent(2);
  await eventually(async () =>
    expect(await partsOf(subjectId)).toEqual([{ state: 'accepted', resends: 1 }]),
  );
  for (const index of [0, 1]) {
    await mayfly.post('whatsapp', mayfly.webhooks.statusWebhook(sentAt(index), 'delivered'));
  }
  const metrics = await (await fetch(mayfly.url('/metrics'))).text();
  expect(metrics).toContain(
    'mayfly_deliveries_total{channel="whatsapp",outcome="duplicate confirmed"} 1',
  );
});

test('two losses in a row hand the conversation to a human, and it goes on living', async () => {
  mayfly.meta.plan('drop before reading', 'drop before reading');
  const subjectId = await write('whatsapp');
  await eventually(async () =>
    expect(await partsOf(subjectId)).toEqual([{ state: 'needs human', resends: 1 }]),
  );
  const { human_until: until } = await mayfly.db
    .selectFrom('mayfly.subjects')
    .select('human_until')
    .where('id', '=', subjectId)
    .executeTakeFirstOrThrow();
  expect(until?.getTime()).toBeGreaterThan(Date.now());
  const { status } = await mayfly.client.workflow.getHandle(conversationId(subjectId)).describe();
  expect(status.name).toBe('RUNNING');
  expect(mayfly.meta.sent).toEqual([]);
});

test('replies of an account whose token is refused go out once it works again', async () => {
  mayfly.meta.plan(graphError({ code: 190, status: 401 }));
  const first = await write('whatsapp');
  await eventually(async () =>
    expect(await mayfly.db.selectFrom('mayfly.waiting_replies').selectAll().execute()).toHaveLength(
      1,
    ),
  );
  const second = await write('whatsapp');
  await eventually(async () =>
    expect(await mayfly.db.selectFrom('mayfly.waiting_replies').selectAll().execute()).toHaveLength(
      2,
    ),
  );
  const sweep = (name: string) =>
    mayfly.client.workflow.execute('dispatchSweep', {
      taskQueue: 'conversations',
      workflowId: name,
      args: [],
    });
  expect(await sweep('sweep-paused')).toMatchObject({ released: 0 });
  const { events } = await mayfly.client.workflow.getHandle('sweep-paused').fetchHistory();
  expect(events?.length).toBe(29);
  const alerts = mayfly.logLines.filter((line) => line.includes('account paused'));
  expect(alerts).toHaveLength(1);
  expect(mayfly.meta.sent).toEqual([]);

  await mayfly.db
    .updateTable('mayfly.paused_accounts')
    .set({ probe_at: new Date(0) })
    .execute();
  expect(await sweep('sweep-probe')).toMatchObject({ released: 1 });
  await mayfly.sent(1);
  await eventually(async () =>
    expect(await sweep(`sweep-${Date.now()}`)).toMatchObject({ released: 1 }),
  );
  await mayfly.sent(2);
  for (const subjectId of [first, second]) {
    await eventually(async () =>
      expect(await partsOf(subjectId)).toEqual([{ state: 'accepted', resends: 0 }]),
    );
    expect(await historyOf(subjectId)).toEqual({ signals: ['woken', 'resumed'], timersFired: 0 });
  }
  expect(mayfly.logLines.filter((line) => line.includes('account paused'))).toHaveLength(1);
});
