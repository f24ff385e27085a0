import { MockActivityEnvironment } from '@temporalio/testing';
import type { ReplyReference } from '../../activities/conversation-activities.ts';
import { createDeliver } from '../../activities/deliver.ts';
import { createTendWaitingReplies } from '../../activities/tend-waiting-replies.ts';
import { createWriteReply } from '../../activities/write-reply.ts';
import type { WriteReplyDeps } from '../../activities/write-reply.ts';
import { accountProblemOf } from '../../domain/outbox.ts';
import { GRAPH_ERROR_ROWS, graphErrorClass } from '../../lib/meta/graph-error-table.ts';
import { inTransaction } from '../../store/transaction.ts';
import { clearWake } from '../../store/conversation/turns.ts';
import { graphError } from '../fakes/meta/graph-bodies.ts';
import { createStage } from './outbox-stage.ts';

const stage = await createStage();
const alerts: string[] = [];
const tend = createTendWaitingReplies({
  db: stage.db,
  tell: () => Promise.resolve(),
  paused: { set: () => undefined },
  alert: ({ channel, problem }) => void alerts.push(`${channel}: ${problem}`),
});

beforeEach(async () => {
  stage.reset();
  alerts.length = 0;
  await stage.db.deleteFrom('mayfly.waiting_replies').execute();
  await stage.db.deleteFrom('mayfly.paused_accounts').execute();
});

const texts = () => stage.meta.sent.map(({ text }) => text);
const CHANNELS = ['instagram', 'whatsapp'] as const;
type Case = [channel: 'instagram' | 'whatsapp', code: number, subcode: number | undefined];

/** One code of each row, with a made-up code before the subcodes that any code can have. */
const CASES: Case[] = CHANNELS.flatMap((channel) =>
  GRAPH_ERROR_ROWS[channel]
    .map(({ code }) => String(code).replace('*', '10').split('/').map(Number))
    .filter(([code = 0]) => code < 201 || code > 299 || code === 230)
    .map(([code = 0, subcode]): Case => [channel, code, subcode]),
);
const classOf = ([channel, code, subcode]: Case) =>
  graphErrorClass(channel, code, subcode ?? null) ?? missing();
const isAccounts = (one: Case) => accountProblemOf(classOf(one).reason) !== null;
const isPassing = (one: Case) => classOf(one).kind === 'not sent' && !isAccounts(one);
const isTheirs = (one: Case) => classOf(one).kind === 'rejected';
const asReported = (cases: readonly Case[]) =>
  cases.filter(([channel, , subcode]) => channel === 'whatsapp' && subcode === undefined);

function missing(): never {
  throw new Error('it was planned');
}

async function planned(channel: Case[0], text: string): Promise<ReplyReference> {
  return (await stage.somebody(channel)).plan([text]);
}

const part = async (reply: ReplyReference) => (await stage.parts(reply))[0] ?? missing();

/** Meta takes the text, and tells afterwards that it failed with this code. */
async function failsAfterwards(reply: ReplyReference, errorCode: number): Promise<void> {
  expect(await stage.deliver(reply)).toEqual({ outcome: 'sent' });
  const sent = stage.meta.sent.at(-1) ?? missing();
  await stage.post('whatsapp', stage.webhooks.statusWebhook(sent, 'failed', { errorCode }));
}

async function timePasses(): Promise<void> {
  await stage.db
    .updateTable('mayfly.waiting_replies')
    .set({ waits_until: new Date(0) })
    .execute();
  await stage.db
    .updateTable('mayfly.paused_accounts')
    .set({ probe_at: new Date(0) })
    .execute();
}

describe('an error that is about one person', () => {
  test.each(
    CASES.filter(isTheirs).flatMap((one) =>
      [400, 403, 500].map((status) => [...one, status] as const),
    ),
  )(
    'on %s, code %s/%s, HTTP %s: that reply is rejected, and everybody else is answered',
    async (channel, code, subcode, status) => {
      const [theirs, other] = [await planned(channel, 'theirs'), await planned(channel, 'other')];
      stage.meta.plan(graphError({ code, status, ...(subcode === undefined ? {} : { subcode }) }));
      expect(await stage.deliver(theirs)).toMatchObject({ outcome: 'rejected' });
      expect(await stage.deliver(other)).toEqual({ outcome: 'sent' });
      expect(texts()).toEqual(['other']);
    },
  );

  test.each(asReported(CASES.filter(isTheirs)))(
    'and is reported afterwards, on %s, code %s: the same',
    async (_channel, code) => {
      const [theirs, other] = [
        await planned('whatsapp', 'theirs'),
        await planned('whatsapp', 'other'),
      ];
      await failsAfterwards(theirs, code);
      expect((await part(theirs)).state).toBe('rejected');
      expect(await stage.deliver(other)).toEqual({ outcome: 'sent' });
    },
  );
});

describe('an error of the account', () => {
  test.each(
    CASES.filter(isAccounts).flatMap((one) =>
      [400, 403, 500].map((status) => [...one, status] as const),
    ),
  )(
    'on %s, code %s/%s, HTTP %s: alerts, loses nothing, and all goes out once it is mended',
    async (channel, code, subcode, status) => {
      const [first, second] = [await planned(channel, 'first'), await planned(channel, 'second')];
      stage.meta.plan(graphError({ code, status, ...(subcode === undefined ? {} : { subcode }) }));
      expect(await stage.deliver(first)).toMatchObject({ outcome: 'account paused' });
      expect(await stage.deliver(second)).toMatchObject({ outcome: 'account paused' });
      await tend();
      expect(alerts).toHaveLength(1);
      await timePasses();
      expect(await stage.deliver(second)).toEqual({ outcome: 'sent' });
      if (channel === 'whatsapp') {
        const sent = stage.meta.sent[0] ?? missing();
        await stage.post('whatsapp', stage.webhooks.statusWebhook(sent, 'delivered'));
      }
      expect(await stage.deliver(first)).toEqual({ outcome: 'sent' });
      expect(texts()).toEqual(['second', 'first']);
    },
  );

  test.each(asReported(CASES.filter(isAccounts)))(
    'and is reported afterwards, on %s, code %s: what failed goes out too once it is mended',
    async (_channel, code) => {
      const [first, second] = [
        await planned('whatsapp', 'first'),
        await planned('whatsapp', 'second'),
      ];
      await failsAfterwards(first, code);
      expect(await stage.deliver(second)).toMatchObject({ outcome: 'account paused' });
      await tend();
      expect(alerts).toHaveLength(1);
      await timePasses();
      expect(await stage.deliver(first)).toEqual({ outcome: 'sent' });
      const again = stage.meta.sent.at(-1) ?? missing();
      await stage.post('whatsapp', stage.webhooks.statusWebhook(again, 'delivered'));
      expect(await part(first)).toMatchObject({ state: 'confirmed', attempt: 2 });
      expect(await stage.deliver(second)).toEqual({ outcome: 'sent' });
      expect(texts()).toEqual(['first', 'first', 'second']);
    },
  );

  test('that comes back does not make a waiting reply guilty of it: a token concerns nobody in particular', async () => {
    const [one, other] = [await planned('whatsapp', 'one'), await planned('whatsapp', 'other')];
    const refused = graphError({ code: 190 });
    stage.meta.plan(refused);
    await stage.deliver(one);
    await timePasses();
    await stage.deliver(other);
    stage.meta.plan(refused);
    expect(await stage.deliver(one)).toMatchObject({ outcome: 'account paused' });
    await timePasses();
    expect(await stage.deliver(one)).toEqual({ outcome: 'sent' });
  });
});

describe('a limit of Meta', () => {
  test.each(
    CASES.filter(isPassing).flatMap((one) =>
      [400, 403, 429, 500].map((status) => [...one, status] as const),
    ),
  )(
    'on %s, code %s/%s, HTTP %s: the reply waits and arrives, also after many tries, and nobody else waits',
    async (channel, code, subcode, status) => {
      const [held, other] = [await planned(channel, 'held'), await planned(channel, 'other')];
      const error = graphError({ code, status, ...(subcode === undefined ? {} : { subcode }) });
      for (let tries = 0; tries < 3; tries += 1) {
        stage.meta.plan(error);
        expect(await stage.deliver(held)).toMatchObject({ outcome: 'try again' });
      }
      expect(await stage.deliver(other)).toEqual({ outcome: 'sent' });
      expect(await stage.deliver(held)).toEqual({ outcome: 'sent' });
      expect(texts()).toEqual(['other', 'held']);
    },
  );

  test.each(asReported(CASES.filter(isPassing)))(
    'and is reported afterwards, on %s, code %s: the reply goes out again when the time has come, and no sooner',
    async (_channel, code) => {
      const held = await planned('whatsapp', 'held');
      await failsAfterwards(held, code);
      expect(await stage.deliver(held)).toMatchObject({ outcome: 'try again' });
      await timePasses();
      await tend();
      expect(await stage.deliver(held)).toEqual({ outcome: 'sent' });
      const again = stage.meta.sent.at(-1) ?? missing();
      await stage.post('whatsapp', stage.webhooks.statusWebhook(again, 'delivered'));
      expect((await part(held)).state).toBe('confirmed');
      expect(texts()).toEqual(['held', 'held']);
      expect(stage.counted()).toMatchObject({ 'failed afterwards': 1 });
    },
  );

  test.each(CHANNELS)(
    'on %s is never waited for beyond the messaging window: there is one more try before it closes',
    async (channel) => {
      const held = await planned(channel, 'held');
      await stage.db
        .updateTable('mayfly.addresses')
        .set({ window_closes_at: new Date(Date.now() + 3_600_000) })
        .where('subject_id', '=', held.subjectId)
        .execute();
      const error = graphError({ code: 4, status: 403 });
      stage.meta.plan({ ...error, headers: { 'retry-after': '80000' } });
      const result = await stage.deliver(held);
      expect(result).toMatchObject({ outcome: 'try again' });
      expect('afterMs' in result && result.afterMs).toBeLessThanOrEqual(3_600_000 - 30_000);
    },
  );
});

describe('what failed after Meta had taken it', () => {
  test('is what the conversation takes up first once it is woken, with the same words', async () => {
    const held = await planned('whatsapp', 'held');
    await failsAfterwards(held, 131056);
    await inTransaction(stage.db, (trx) => clearWake(trx, held.subjectId));
    await tend();
    expect((await stage.subject(held)).wake_since).toBeNull();
    await timePasses();
    await tend();
    expect((await stage.subject(held)).wake_since).not.toBeNull();
    const writing = { db: stage.db, deliver: stage.deliver } as unknown as WriteReplyDeps;
    const turn = { subjectId: held.subjectId, sessionId: held.replyId, turn: 1 };
    const env = new MockActivityEnvironment();
    expect(await env.run(createWriteReply(writing), turn)).toMatchObject({
      outcome: 'draft',
      replyId: held.replyId,
      more: true,
    });
  });

  test('does not come after something newer has gone out', async () => {
    const person = await stage.somebody('whatsapp');
    const old = await person.plan(['old']);
    await stage.deliver(old);
    const [sent] = stage.meta.sent;
    await person.write('and now?');
    await stage.deliver(await person.plan(['new']));
    await stage.post(
      'whatsapp',
      stage.webhooks.statusWebhook(sent ?? missing(), 'failed', { errorCode: 130429 }),
    );
    expect((await part(old)).state).toBe('rejected');
  });

  test('also when Meta tells so before it answers the send', async () => {
    const held = await planned('whatsapp', 'held');
    const send = stage.deps.graph.sendText;
    let isFirst = true;
    const deliver = createDeliver({
      ...stage.deps,
      graph: {
        sendText: async (request) => {
          const outcome = await send(request);
          if (!isFirst) return outcome;
          isFirst = false;
          const sent = stage.meta.sent.at(-1) ?? missing();
          const failed = stage.webhooks.statusWebhook(sent, 'failed', { errorCode: 130429 });
          await stage.post('whatsapp', failed);
          return outcome;
        },
      },
    });
    expect(await deliver(held)).toMatchObject({ outcome: 'try again' });
    await timePasses();
    await tend();
    expect(await deliver(held)).toEqual({ outcome: 'sent' });
    expect(texts()).toEqual(['held', 'held']);
  });

  test('that has been delivered all the same is not sent again', async () => {
    const held = await planned('whatsapp', 'held');
    await failsAfterwards(held, 130429);
    const sent = stage.meta.sent[0] ?? missing();
    await stage.post('whatsapp', stage.webhooks.statusWebhook(sent, 'delivered'));
    expect(await stage.deliver(held)).toEqual({ outcome: 'sent' });
    expect((await part(held)).state).toBe('confirmed');
    expect(texts()).toEqual(['held']);
  });
});
