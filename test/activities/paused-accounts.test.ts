import type { ReplyReference } from '../../activities/conversation-activities.ts';
import { createTendWaitingReplies } from '../../activities/tend-waiting-replies.ts';
import { findOverdueWakes } from '../../store/conversation/turns.ts';
import { MockActivityEnvironment } from '@temporalio/testing';
import { graphError } from '../fakes/meta/graph-bodies.ts';
import { createStage } from './outbox-stage.ts';

const stage = await createStage();
const alerts: string[] = [];
const gauge: number[] = [];
const told: string[] = [];
const tend = createTendWaitingReplies({
  db: stage.db,
  tell: async (subjectId) => void told.push(subjectId),
  paused: { set: (...values: unknown[]) => void gauge.push(Number(values.at(-1))) },
  alert: ({ channel, problem }) => void alerts.push(`${channel}: ${problem}`),
});
const sweep = () => new MockActivityEnvironment().run(tend);

beforeEach(async () => {
  stage.reset();
  for (const list of [alerts, gauge, told]) list.length = 0;
  await stage.db.deleteFrom('mayfly.waiting_replies').execute();
  await stage.db.deleteFrom('mayfly.paused_accounts').execute();
});

const TOKEN_REFUSED = graphError({ code: 190, status: 401 });
const PAUSED = { outcome: 'account paused', afterMs: 15 * 60_000 };
const texts = () => stage.meta.sent.map(({ text }) => text);

/** Replies to so many people of one account, named by their texts. */
async function replies(
  channel: 'whatsapp' | 'instagram',
  names: readonly string[],
): Promise<ReplyReference[]> {
  const planned = [];
  for (const name of names) planned.push(await (await stage.somebody(channel)).plan([name]));
  return planned;
}

async function makeProbeDue(): Promise<void> {
  await stage.db
    .updateTable('mayfly.paused_accounts')
    .set({ probe_at: new Date(0) })
    .execute();
}

async function deliverAll(all: readonly ReplyReference[]) {
  const results = [];
  for (const reply of all) results.push(await stage.deliver(reply));
  return results;
}

test('a refused token pauses the account: the others wait without a try', async () => {
  const all = await replies('whatsapp', ['one', 'two', 'three']);
  stage.meta.plan(TOKEN_REFUSED);
  expect(await deliverAll(all)).toEqual([PAUSED, PAUSED, PAUSED]);
  expect(texts()).toEqual([]);
  const attempts = await Promise.all(
    all.map(async (reply) => (await stage.parts(reply))[0]?.attempt),
  );
  expect(attempts).toEqual([1, 0, 0]);
});

test('only that account waits, on that channel', async () => {
  const [first] = await replies('whatsapp', ['one']);
  const [other] = await replies('instagram', ['two']);
  if (first === undefined || other === undefined) throw new Error('two were planned');
  stage.meta.plan(TOKEN_REFUSED);
  await stage.deliver(first);
  expect(await stage.deliver(other)).toEqual({ outcome: 'sent' });
});

test('an alert is given once, and the gauge shows the account until it works', async () => {
  const [reply] = await replies('whatsapp', ['one']);
  if (reply === undefined) throw new Error('one was planned');
  stage.meta.plan(TOKEN_REFUSED);
  await stage.deliver(reply);
  await sweep();
  await sweep();
  expect(alerts).toEqual(['whatsapp: token refused']);
  await makeProbeDue();
  expect(await stage.deliver(reply)).toEqual({ outcome: 'sent' });
  await sweep();
  expect(gauge).toEqual([1, 1, 0]);
});

test('one reply tries each time a probe is due, and only one, the longest waiting first', async () => {
  const all = await replies('whatsapp', ['one', 'two', 'three']);
  stage.meta.plan(TOKEN_REFUSED, TOKEN_REFUSED);
  await deliverAll(all);
  expect(await sweep()).toBe(0);
  await makeProbeDue();
  expect(await sweep()).toBe(1);
  expect(told).toEqual([all[0]?.subjectId]);
  expect(await deliverAll(all)).toEqual([PAUSED, PAUSED, PAUSED]);
  const attempts = await Promise.all(
    all.map(async (reply) => (await stage.parts(reply))[0]?.attempt),
  );
  expect(attempts).toEqual([2, 0, 0]);
  // Whoever has tried waits behind the others.
  await makeProbeDue();
  await sweep();
  expect(told.at(-1)).not.toBe(all[0]?.subjectId);
});

test('many at once claim one probe', async () => {
  const all = await replies('whatsapp', ['one', 'two', 'three', 'four']);
  stage.meta.plan(TOKEN_REFUSED, TOKEN_REFUSED);
  await deliverAll(all);
  await makeProbeDue();
  await Promise.all(all.map((reply) => stage.deliver(reply)));
  const attempts = await Promise.all(
    all.map(async (reply) => (await stage.parts(reply))[0]?.attempt ?? 0),
  );
  expect(attempts.reduce((sum, attempt) => sum + attempt, 0)).toBe(2);
});

test('when a probe works, every waiting reply goes out whose window is open', async () => {
  const all = await replies('whatsapp', ['one', 'two', 'three']);
  stage.meta.plan(TOKEN_REFUSED);
  await deliverAll(all);
  await stage.db
    .updateTable('mayfly.addresses')
    .set({ window_closes_at: new Date(0) })
    .where('subject_id', '=', all[2]?.subjectId ?? '')
    .execute();
  await makeProbeDue();
  await sweep();
  expect(await stage.deliver(all[0] ?? missing())).toEqual({ outcome: 'sent' });
  expect(await sweep()).toBe(2);
  expect(new Set(told)).toEqual(new Set(all.map(({ subjectId }) => subjectId)));
  expect(await deliverAll(all.slice(1))).toEqual([
    { outcome: 'sent' },
    { outcome: 'suppressed', reason: 'window closed' },
  ]);
  expect(texts()).toEqual(['one', 'two']);
  expect(await sweep()).toBe(0);
});

function missing(): never {
  throw new Error('it was planned');
}

test('a reply that alone meets the problem, while others go out, stops nobody else', async () => {
  const [poisoned, other] = await replies('instagram', ['poisoned', 'fine']);
  if (poisoned === undefined || other === undefined) throw new Error('two were planned');
  const forbidden = graphError({ code: 10 });
  stage.meta.plan(forbidden);
  expect(await deliverAll([poisoned, other])).toEqual([PAUSED, PAUSED]);
  await makeProbeDue();
  expect(await stage.deliver(other)).toEqual({ outcome: 'sent' });
  stage.meta.plan(forbidden);
  expect(await stage.deliver(poisoned)).toEqual({ outcome: 'rejected', reason: 'token refused' });
  const [next] = await replies('instagram', ['next']);
  expect(await stage.deliver(next ?? missing())).toEqual({ outcome: 'sent' });
});

test.each([
  ['account restricted', 131031],
  ['billing', 131042],
] as const)(
  '%s pauses the account as well, and tries a quarter of an hour later',
  async (problem, code) => {
    const [reply] = await replies('whatsapp', ['one']);
    stage.meta.plan(graphError({ code }));
    expect(await stage.deliver(reply ?? missing())).toEqual(PAUSED);
    const [row] = await stage.db.selectFrom('mayfly.paused_accounts').selectAll().execute();
    expect(row?.problem).toBe(problem);
    const inMs = (row?.probe_at.getTime() ?? 0) - Date.now();
    expect(inMs).toBeGreaterThan(14 * 60_000);
    expect(inMs).toBeLessThanOrEqual(15 * 60_000);
  },
);

test('a failure that is only reported later pauses the account, and only a later proof of arrival ends that', async () => {
  const [lost, probe, held] = await replies('whatsapp', ['lost', 'probe', 'held']);
  if (lost === undefined || probe === undefined || held === undefined)
    throw new Error('three were planned');
  await stage.deliver(lost);
  const status = (index: number, word: 'failed' | 'sent', errorCode?: number) =>
    stage.post(
      'whatsapp',
      stage.webhooks.statusWebhook(
        stage.meta.sent[index] ?? missing(),
        word,
        errorCode === undefined ? {} : { errorCode },
      ),
    );
  await status(0, 'failed', 131042);
  expect(await stage.deliver(held)).toEqual(PAUSED);
  await makeProbeDue();
  // Meta takes what it will not deliver, so its answer proves nothing.
  expect(await stage.deliver(probe)).toEqual({ outcome: 'sent' });
  expect(await stage.deliver(held)).toEqual(PAUSED);
  await status(1, 'sent');
  expect(await stage.deliver(held)).toEqual({ outcome: 'sent' });
  expect(texts()).toEqual(['lost', 'probe', 'held']);
});

test('a conversation whose reply waits is not taken for a lost one by the sweep', async () => {
  const person = await stage.somebody('whatsapp');
  const reply = await person.plan(['one']);
  stage.meta.plan(TOKEN_REFUSED);
  await stage.deliver(reply);
  await stage.db
    .updateTable('mayfly.subjects')
    .set({ wake_since: new Date(0), wake_taken_at: null })
    .where('id', '=', person.subjectId)
    .execute();
  const overdue = () => findOverdueWakes(stage.db, { untakenMs: 1_000, takenMs: 1_000 }, 100);
  expect(await overdue()).not.toContain(person.subjectId);
  await stage.db
    .updateTable('mayfly.waiting_replies')
    .set({ waits_until: new Date(0) })
    .execute();
  expect(await overdue()).toContain(person.subjectId);
  await sweep();
  expect(await stage.db.selectFrom('mayfly.waiting_replies').selectAll().execute()).toEqual([]);
});
