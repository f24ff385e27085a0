import type { Channel } from '../../domain/channels.ts';
import type { DeliveryState } from '../../domain/outbox.ts';
import type { Behaviour } from '../fakes/meta/behaviour.ts';
import type { SentText } from '../fakes/meta/fake-meta.ts';
import { graphError } from '../fakes/meta/graph-bodies.ts';
import type { ThreadBehaviour } from '../fakes/meta/threads.ts';
import { createStage } from './outbox-stage.ts';

const stage = await createStage();
beforeEach(() => stage.reset());

/** When Meta shows, by status or echo, what it has sent. */
type Shown = 'never' | 'before its answer' | 'while we wait' | 'after all';

interface Scenario {
  sends: Behaviour[];
  shown: Shown;
  thread?: ThreadBehaviour[];
}

interface Expected {
  /** How many texts the person received. */
  texts: number;
  state: DeliveryState;
  counted: Record<string, number>;
}

let accepted: (sent: SentText) => Promise<unknown> = () => Promise.resolve();
stage.meta.onAccepted(async (sent) => void (await accepted(sent)));

async function play(channel: Channel, { sends, shown, thread = [] }: Scenario): Promise<Expected> {
  const person = await stage.somebody(channel);
  const reply = await person.plan(['one answer']);
  const showAll = async () => {
    for (const sent of stage.meta.sent) await stage.show(sent);
  };
  stage.meta.plan(...sends);
  stage.meta.planThread(...thread);
  accepted = shown === 'before its answer' ? (sent) => stage.show(sent) : () => Promise.resolve();
  await stage.send(reply, shown === 'while we wait' ? showAll : undefined);
  if (shown === 'after all') await showAll();
  const [part] = await stage.parts(reply);
  expect(
    stage.meta.sent.every(({ to, text }) => to.endsWith(person.address) && text === 'one answer'),
  ).toBe(true);
  return {
    texts: stage.meta.sent.length,
    state: part?.state ?? 'planned',
    counted: stage.counted(),
  };
}

const ANSWER_LOST = [
  'execute then drop',
  'execute then 500',
  'execute then cut headers',
  'execute then cut body',
  'execute then cut end',
  'execute then hang',
] as const satisfies Behaviour[];
const NOT_EXECUTED = ['drop before reading', 'hang'] as const satisfies Behaviour[];
const CHANNELS = ['whatsapp', 'instagram'] as const;

describe.each(CHANNELS)('on %s, the person gets exactly one text', (channel) => {
  test.each(NOT_EXECUTED)('when Meta did not act: %s', async (behaviour) => {
    expect(await play(channel, { sends: [behaviour], shown: 'after all' })).toEqual({
      texts: 1,
      state: 'confirmed',
      counted: { ambiguous: 1, resent: 1 },
    });
  });

  test.each(ANSWER_LOST)(
    'when the answer is lost and Meta shows the text meanwhile: %s',
    async (behaviour) => {
      expect(await play(channel, { sends: [behaviour], shown: 'while we wait' })).toEqual({
        texts: 1,
        state: 'confirmed',
        counted: { ambiguous: 1 },
      });
    },
  );

  test.each(ANSWER_LOST)(
    'when Meta shows the text before the answer that is lost: %s',
    async (behaviour) => {
      expect(await play(channel, { sends: [behaviour], shown: 'before its answer' })).toEqual({
        texts: 1,
        state: 'confirmed',
        counted: {},
      });
    },
  );

  test.each([
    ['before its answer', 'confirmed'],
    ['after all', 'confirmed'],
    ['never', 'accepted'],
  ] as const)('when nothing is lost and it is shown %s', async (shown, state) => {
    expect(await play(channel, { sends: ['ok'], shown })).toEqual({ texts: 1, state, counted: {} });
  });
});

describe('on instagram the thread is read back', () => {
  test.each(ANSWER_LOST)(
    'so that a text of which no echo comes is not sent again: %s',
    async (behaviour) => {
      expect(await play('instagram', { sends: [behaviour], shown: 'never' })).toEqual({
        texts: 1,
        state: 'confirmed',
        counted: { ambiguous: 1 },
      });
    },
  );

  test('more than once, because it may lag behind', async () => {
    const before = stage.meta.threadReadings();
    expect(
      await play('instagram', {
        sends: ['execute then drop'],
        shown: 'never',
        thread: ['lags', 'lags'],
      }),
    ).toEqual({
      texts: 1,
      state: 'confirmed',
      counted: { ambiguous: 1 },
    });
    expect(stage.meta.threadReadings() - before).toBe(3);
  });

  test('and a thread that lags too long costs one duplicate, which is seen and counted', async () => {
    const thread = ['lags', 'lags', 'lags'] as const;
    expect(
      await play('instagram', {
        sends: ['execute then drop'],
        shown: 'after all',
        thread: [...thread],
      }),
    ).toEqual({
      texts: 2,
      state: 'confirmed',
      counted: { ambiguous: 1, resent: 1, 'duplicate confirmed': 1 },
    });
  });

  const unreadable: ThreadBehaviour[] = [
    { status: 500, body: '<html>' },
    graphError({ code: 190 }),
    'empty',
  ];

  test('again when it cannot be read at first', async () => {
    expect(
      await play('instagram', {
        sends: ['execute then drop'],
        shown: 'never',
        thread: unreadable.slice(0, 1),
      }),
    ).toEqual({
      texts: 1,
      state: 'confirmed',
      counted: { ambiguous: 1 },
    });
  });

  test('and when it cannot be read at all, a human is asked instead of sending again', async () => {
    const thread = Array.from({ length: 12 }, (_, index) => unreadable[index % 3] ?? 'empty');
    expect(
      await play('instagram', { sends: ['drop before reading'], shown: 'never', thread }),
    ).toEqual({
      texts: 0,
      state: 'needs human',
      counted: { ambiguous: 1, 'needs human': 1 },
    });
  });

  test('and an error that says the message may have gone out is never answered by sending again', async () => {
    const { status, body } = graphError({ code: 1, subcode: 1357046 });
    expect(await play('instagram', { sends: [{ status, body }], shown: 'never' })).toEqual({
      texts: 0,
      state: 'needs human',
      counted: { ambiguous: 1, 'needs human': 1 },
    });
  });
});

describe('on whatsapp, where only a status tells', () => {
  test.each(ANSWER_LOST)(
    'an answer that is lost, and a status that is late, cost one duplicate, which is counted: %s',
    async (behaviour) => {
      expect(await play('whatsapp', { sends: [behaviour], shown: 'after all' })).toEqual({
        texts: 2,
        state: 'confirmed',
        counted: { ambiguous: 1, resent: 1, 'duplicate confirmed': 1 },
      });
    },
  );

  test('and when no status ever comes, there are two texts at most', async () => {
    expect(await play('whatsapp', { sends: ['execute then drop'], shown: 'never' })).toEqual({
      texts: 2,
      state: 'accepted',
      counted: { ambiguous: 1, resent: 1 },
    });
  });
});

describe.each(CHANNELS)(
  'on %s, a second loss ends in asking a human, never in a third send',
  (channel) => {
    test.each([
      ['nothing was executed', ['drop before reading', 'drop before reading'], 0],
      ['only the second was', ['drop before reading', 'execute then drop'], 1],
      ['the connection hangs', ['hang', 'hang'], 0],
    ] as const)('%s', async (_case, sends, texts) => {
      const thread: ThreadBehaviour[] = ['ok', 'ok', 'ok', 'lags', 'lags', 'lags'];
      expect(await play(channel, { sends: [...sends], shown: 'never', thread })).toEqual({
        texts,
        state: 'needs human',
        counted: { ambiguous: 2, resent: 1, 'needs human': 1 },
      });
    });

    test('and late evidence still settles it', async () => {
      const thread: ThreadBehaviour[] = ['ok', 'ok', 'ok', 'lags', 'lags', 'lags'];
      const sends: Behaviour[] = ['drop before reading', 'execute then drop'];
      expect(await play(channel, { sends, shown: 'after all', thread })).toEqual({
        texts: 1,
        state: 'confirmed',
        counted: { ambiguous: 2, resent: 1, 'needs human': 1 },
      });
    });

    test('the assistant rests, and nothing more of the reply is sent', async () => {
      const person = await stage.somebody(channel);
      const reply = await person.plan(['first', 'second']);
      stage.meta.plan('drop before reading', 'drop before reading');
      expect(await stage.send(reply)).toEqual({ outcome: 'suppressed', reason: 'a human answers' });
      expect((await stage.parts(reply)).map(({ state }) => state)).toEqual([
        'needs human',
        'suppressed',
      ]);
      expect((await stage.subject(person)).human_until?.getTime()).toBeGreaterThan(Date.now());
      expect(stage.meta.sent).toEqual([]);
    });
  },
);

test('a reply that Meta says was not delivered, before it even answers the send, hands nobody over to a human', async () => {
  const person = await stage.somebody('whatsapp');
  const reply = await person.plan(['somebody will write to you'], { action: 'handoff' });
  accepted = (sent) => stage.post('whatsapp', stage.webhooks.statusWebhook(sent, 'failed'));
  expect(await stage.send(reply)).toMatchObject({ outcome: 'rejected' });
  expect((await stage.parts(reply)).map(({ state }) => state)).toEqual(['rejected']);
  expect((await stage.subject(person)).human_until).toBeNull();
});
