import type { ReplyReference } from '../../activities/conversation-activities.ts';
import { createDeliver } from '../../activities/deliver.ts';
import type { DeliverDeps } from '../../activities/deliver.ts';
import { evenWaits } from '../../activities/evidence-waits.ts';
import { createReconcile } from '../../activities/reconcile.ts';
import { deliverReply } from '../../workflows/lib/deliver-reply.ts';
import { graphError } from '../fakes/meta/graph-bodies.ts';
import { createStage } from './outbox-stage.ts';

const stage = await createStage();
beforeEach(() => stage.reset());
const CHANNELS = ['whatsapp', 'instagram'] as const;
const texts = () => stage.meta.sent.map(({ text }) => text);
const states = async (reply: ReplyReference) =>
  (await stage.parts(reply)).map(({ state }) => state);

describe('parts', () => {
  test('go out in order, each once', async () => {
    const reply = await (await stage.somebody('whatsapp')).plan(['one', 'two', 'three']);
    expect(await stage.send(reply)).toEqual({ outcome: 'sent' });
    expect(texts()).toEqual(['one', 'two', 'three']);
    expect(await stage.send(reply)).toEqual({ outcome: 'sent' });
    expect(texts()).toHaveLength(3);
  });

  test.each(CHANNELS)(
    'wait on %s until it is known what became of the one before',
    async (channel) => {
      const reply = await (await stage.somebody(channel)).plan(['one', 'two']);
      stage.meta.plan('execute then drop');
      const whileWaiting = async () => {
        expect(await states(reply)).toEqual(['ambiguous', 'planned']);
        // A worker that forgot what it knew asks the gate again, and hears the same.
        expect(await stage.deliver(reply)).toMatchObject({ outcome: 'ambiguous' });
        await stage.show(stage.meta.sent[0] ?? fail());
      };
      expect(await stage.send(reply, whileWaiting)).toEqual({ outcome: 'sent' });
      expect(texts()).toEqual(['one', 'two']);
    },
  );

  test('after one that Meta refused are not sent', async () => {
    const reply = await (await stage.somebody('whatsapp')).plan(['one', 'two']);
    stage.meta.plan(graphError({ code: 131026 }));
    expect(await stage.send(reply)).toEqual({ outcome: 'rejected', reason: 'person unreachable' });
    expect(await states(reply)).toEqual(['rejected', 'suppressed']);
    expect(texts()).toEqual([]);
  });
});

describe('somebody who got twenty texts within two minutes', () => {
  test('gets the next one once the oldest of them is two minutes old', async () => {
    const person = await stage.somebody('whatsapp');
    const many = await person.plan(Array.from({ length: 21 }, (_, n) => `part ${n + 1}`));
    const held = await stage.deliver(many);
    expect(held).toEqual({ outcome: 'try again', afterMs: expect.any(Number) });
    expect(held).toHaveProperty('afterMs', expect.closeTo(120_000, -4.5));
    expect(texts()).toHaveLength(20);
    expect(await states(many)).toEqual([...Array(20).fill('accepted'), 'planned']);
    await stage.db
      .updateTable('mayfly.deliveries')
      .set({ maybe_sent_at: new Date(Date.now() - 120_000) })
      .where('reply_id', '=', many.replyId)
      .where('part', '=', 0)
      .execute();
    expect(await stage.deliver(many)).toEqual({ outcome: 'sent' });
    expect(texts()).toHaveLength(21);
  });

  test('keeps nobody else waiting', async () => {
    const [one, other] = [await stage.somebody('whatsapp'), await stage.somebody('instagram')];
    await stage.deliver(await one.plan(Array.from({ length: 21 }, (_, n) => `part ${n + 1}`)));
    expect(await stage.send(await other.plan(['hello']))).toEqual({ outcome: 'sent' });
  });
});

function fail(): never {
  throw new Error('nothing was sent');
}

describe('a resend passes the gate again', () => {
  const lost = async () => {
    const person = await stage.somebody('whatsapp');
    const reply = await person.plan(['one answer']);
    stage.meta.plan('drop before reading');
    return { person, reply };
  };

  test('and is not made when the person opted out meanwhile', async () => {
    const { person, reply } = await lost();
    const optOut = () =>
      stage.db
        .updateTable('mayfly.subjects')
        .set({ opted_out_at: new Date() })
        .where('id', '=', person.subjectId)
        .execute();
    expect(await stage.send(reply, optOut)).toEqual({ outcome: 'suppressed', reason: 'opted out' });
    expect(texts()).toEqual([]);
    expect(stage.counted()).toEqual({ ambiguous: 1, 'suppressed: opted out': 1 });
  });

  test('and is made although the person wrote again: another answer could be lost as well, and one more would follow it', async () => {
    const { person, reply } = await lost();
    expect(await stage.send(reply, () => person.write('hello?'))).toEqual({ outcome: 'sent' });
    expect(texts()).toEqual(['one answer']);
    expect(stage.counted()).toEqual({ ambiguous: 1, resent: 1 });
  });

  test('and when the window has closed, a human is asked: nothing can be found out or sent any more', async () => {
    const { person, reply } = await lost();
    const close = () =>
      stage.db
        .updateTable('mayfly.addresses')
        .set({ window_closes_at: new Date(0) })
        .where('subject_id', '=', person.subjectId)
        .execute();
    await stage.send(reply, close);
    expect(await states(reply)).toEqual(['needs human']);
    expect(texts()).toEqual([]);
  });

  test('and of someone who is being erased nothing is looked for or sent', async () => {
    const person = await stage.somebody('instagram');
    const reply = await person.plan(['one answer']);
    stage.meta.plan('drop before reading');
    const readings = stage.meta.threadReadings();
    const erase = () =>
      stage.db
        .updateTable('mayfly.subjects')
        .set({ erasing_at: new Date() })
        .where('id', '=', person.subjectId)
        .execute();
    expect(await stage.send(reply, erase)).toEqual({ outcome: 'suppressed', reason: 'erasing' });
    expect(await states(reply)).toEqual(['ambiguous']);
    expect(texts()).toEqual([]);
    expect(stage.meta.threadReadings()).toBe(readings);
  });
});

/** The worker's death at one step: what comes after it is done by another worker, with what the database knows. */
const DEATHS = {
  'between intent and send': (deps: DeliverDeps): DeliverDeps => ({
    ...deps,
    graph: { sendText: () => Promise.reject(new Error('the worker died')) },
  }),
  'between send and record': (deps: DeliverDeps): DeliverDeps => ({
    ...deps,
    graph: {
      sendText: async (request) => {
        await deps.graph.sendText(request);
        throw new Error('the worker died');
      },
    },
  }),
  'after the record': (deps: DeliverDeps): DeliverDeps => ({
    ...deps,
    counts: {
      ...deps.counts,
      attempted: () => {
        throw new Error('the worker died');
      },
    },
  }),
};

describe.each(CHANNELS)('a worker that dies on %s', (channel) => {
  /** Runs the reply with a first attempt that dies; Temporal would start the activity again. */
  async function dieAndGoOn(death: keyof typeof DEATHS, whileWaiting?: () => Promise<unknown>) {
    const reply = await (await stage.somebody(channel)).plan(['one', 'two']);
    const dying = createDeliver(DEATHS[death](stage.deps));
    await expect(dying(reply)).rejects.toThrow('the worker died');
    const ended = await deliverReply(reply, stage.portsFor(reply, whileWaiting));
    return { ended, states: await states(reply) };
  }
  const showFirst = () => stage.show(stage.meta.sent[0] ?? fail());

  test('between intent and send loses nothing and doubles nothing', async () => {
    const { ended } = await dieAndGoOn('between intent and send');
    expect(ended).toEqual({ outcome: 'sent' });
    expect(texts()).toEqual(['one', 'two']);
    expect(stage.counted()).toEqual({ ambiguous: 1, resent: 1 });
  });

  test('between send and record doubles nothing once Meta shows the text', async () => {
    const { ended } = await dieAndGoOn('between send and record', showFirst);
    expect(ended).toEqual({ outcome: 'sent' });
    expect(texts()).toEqual(['one', 'two']);
    expect(stage.counted()).toEqual({ ambiguous: 1 });
  });

  test('between send and record doubles one text at most, where nothing is shown', async () => {
    await dieAndGoOn('between send and record');
    expect(texts()).toEqual(channel === 'instagram' ? ['one', 'two'] : ['one', 'one', 'two']);
  });

  test('after the record goes on with the next part', async () => {
    const { ended, states: after } = await dieAndGoOn('after the record');
    expect(ended).toEqual({ outcome: 'sent' });
    expect(texts()).toEqual(['one', 'two']);
    expect(after).toEqual(['accepted', 'accepted']);
    expect(stage.counted()).toEqual({});
  });

  test('at the resend, too, ends in asking a human', async () => {
    const reply = await (await stage.somebody(channel)).plan(['one']);
    stage.meta.plan('drop before reading');
    const dying = createDeliver(DEATHS['between intent and send'](stage.deps));
    const ports = stage.portsFor(reply);
    let calls = 0;
    const deliver = async (which: ReplyReference) => {
      calls += 1;
      if (calls === 2) await expect(dying(which)).rejects.toThrow('the worker died');
      return stage.deliver(which);
    };
    await deliverReply(reply, { ...ports, deliver });
    expect(await states(reply)).toEqual(['needs human']);
    expect(texts()).toEqual([]);
    expect(stage.counted()).toEqual({ ambiguous: 2, 'needs human': 1 });
  });

  test('after a decision was stored decides nothing twice', async () => {
    const reply = await (await stage.somebody(channel)).plan(['one']);
    stage.meta.plan('drop before reading');
    const ports = stage.portsFor(reply);
    const reconcile = async (which: ReplyReference) => {
      await stage.reconcile(which);
      return stage.reconcile(which);
    };
    expect(await deliverReply(reply, { ...ports, reconcile })).toEqual({ outcome: 'sent' });
    expect(texts()).toEqual(['one']);
    expect(await stage.parts(reply)).toMatchObject([{ state: 'accepted', resends: 1 }]);
  });
});

test('a worker that only seemed dead has the last word: its answer settles what another gave up', async () => {
  const reply = await (await stage.somebody('whatsapp')).plan(['one']);
  stage.meta.plan({ slowMs: 150 });
  const slow = stage.deliver(reply);
  while (stage.meta.sent.length === 0) await new Promise(setImmediate);
  expect(await stage.deliver(reply)).toMatchObject({ outcome: 'ambiguous' });
  expect(await stage.parts(reply)).toMatchObject([{ state: 'ambiguous', problem: 'interrupted' }]);
  expect(await slow).toEqual({ outcome: 'sent' });
  expect(await stage.parts(reply)).toMatchObject([{ state: 'accepted', problem: null }]);
  expect(await stage.reconcile(reply)).toEqual({ outcome: 'settled' });
  expect(texts()).toEqual(['one']);
});

test('many workers that reconcile at once plan one resend', async () => {
  const reply = await (await stage.somebody('whatsapp')).plan(['one']);
  stage.meta.plan('drop before reading');
  await stage.deliver(reply);
  await new Promise((resolve) => setTimeout(resolve, 60));
  const results = await Promise.all([1, 2, 3, 4].map(() => stage.reconcile(reply)));
  expect(results.map(({ outcome }) => outcome).sort()).toEqual([
    'resend',
    'settled',
    'settled',
    'settled',
  ]);
  expect(await stage.parts(reply)).toMatchObject([{ state: 'planned', resends: 1 }]);
});

test('a wait for evidence that news ends too early goes on', async () => {
  const patient = createReconcile({
    ...stage.deps,
    look: () => Promise.reject(new Error('it is too early to look')),
    waits: evenWaits(60_000),
  });
  const reply = await (await stage.somebody('whatsapp')).plan(['one']);
  stage.meta.plan('drop before reading');
  await stage.deliver(reply);
  const early = await patient(reply);
  expect(early).toMatchObject({ outcome: 'look again' });
  expect('afterMs' in early && early.afterMs).toBeGreaterThan(30_000);
  expect('afterMs' in early && early.afterMs).toBeLessThanOrEqual(60_000);
  expect(await states(reply)).toEqual(['ambiguous']);
});

describe('a throttled send', () => {
  const throttled = (retryAfter?: string) => ({
    ...graphError({ code: 130429, status: 429 }),
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
  });

  test('waits as long as Meta asks, and longer with each attempt', async () => {
    const reply = await (await stage.somebody('whatsapp')).plan(['one']);
    stage.meta.plan(throttled('90'), throttled(), throttled(), throttled());
    const waits = [];
    for (let attempt = 0; attempt < 4; attempt += 1) waits.push(await stage.deliver(reply));
    expect(waits).toEqual(
      [90_000, 4_000, 8_000, 16_000].map((afterMs) => ({ outcome: 'try again', afterMs })),
    );
    expect(await stage.deliver(reply)).toEqual({ outcome: 'sent' });
    expect(texts()).toEqual(['one']);
  });

  test('certainly did not happen, so that a newer message is answered together with the one before', async () => {
    const person = await stage.somebody('whatsapp');
    const reply = await person.plan(['one']);
    stage.meta.plan(throttled());
    await stage.deliver(reply);
    await person.write('hello?');
    expect(await stage.deliver(reply)).toEqual({ outcome: 'superseded' });
    expect(texts()).toEqual([]);
    expect(stage.counted()).toEqual({ 'suppressed: newer message': 1 });
  });

  test('certainly did not happen, so that its words are not looked for among echoes', async () => {
    const reply = await (await stage.somebody('instagram')).plan(['one']);
    stage.meta.plan(graphError({ code: 4 }));
    await stage.deliver(reply);
    expect(await stage.parts(reply)).toMatchObject([
      { state: 'planned', maybe_sent_at: null, attempt: 1 },
    ]);
  });
});
