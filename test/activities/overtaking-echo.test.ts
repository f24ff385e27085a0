import type { SentText } from '../fakes/meta/fake-meta.ts';
import { createStage } from './outbox-stage.ts';

const stage = await createStage();
let onAccepted: (sent: SentText) => Promise<unknown> = () => Promise.resolve();
stage.meta.onAccepted(async (sent) => void (await onAccepted(sent)));

beforeEach(() => {
  stage.reset();
  onAccepted = () => Promise.resolve();
});

const echo = (sent: SentText, other: Partial<SentText> = {}) =>
  stage.post(sent.channel, stage.webhooks.echoWebhook({ ...sent, ...other }));
const rests = async (person: { subjectId: string }) =>
  ((await stage.subject(person)).human_until?.getTime() ?? 0) > Date.now();
const humanReplies = ({ subjectId }: { subjectId: string }) =>
  stage.db
    .selectFrom('mayfly.replies')
    .select('id')
    .where('subject_id', '=', subjectId)
    .where('origin', '=', 'human')
    .execute();
const waiting = ({ subjectId }: { subjectId: string }) =>
  stage.db
    .selectFrom('mayfly.messages')
    .select('id')
    .where('subject_id', '=', subjectId)
    .where('reply_id', 'is', null)
    .execute();

test.each<[string, string, string?]>([
  ['a variation selector more', '☎\ufe0f here you are'],
  ['a variation selector less', '☎ here you are', '☎\ufe0f here you are'],
  ['invisible characters', '☎\ufe0f here\u200b you are\u2060'],
  ['other spaces', '☎\u00a0here  you are\n'],
  ['letters of another width', '☎ ｈｅｒｅ you are'],
])(
  "on Instagram an echo before Meta's answer, with %s than was sent, is ours",
  async (_, text, sent = '☎ here you are') => {
    const person = await stage.somebody('instagram');
    const reply = await person.plan([sent]);
    const results: string[] = [];
    onAccepted = async (one) => results.push(...(await echo(one, { text })));
    await stage.send(reply);
    expect(results).toEqual(['recorded']);
    expect(await rests(person)).toBe(false);
    expect((await stage.parts(reply)).map(({ state }) => state)).toEqual(['confirmed']);
  },
);

describe.each(['whatsapp', 'instagram'] as const)(
  "on %s an echo before Meta's answer, in other words than were sent",
  (channel) => {
    const changed = { text: 'these words were changed on the way' };

    test('counts as a human until the answer brings its id, and then as ours: the assistant goes on', async () => {
      const person = await stage.somebody(channel);
      const reply = await person.plan(['first part', 'second part']);
      const results: string[] = [];
      onAccepted = async (sent) => {
        if (sent.text === 'first part') results.push(...(await echo(sent, changed)));
      };
      expect(await stage.send(reply)).toEqual({ outcome: 'sent' });
      expect(results).toEqual(['taken over']);
      expect(stage.meta.sent.map(({ text }) => text)).toEqual(['first part', 'second part']);
      expect(await rests(person)).toBe(false);
      expect(await humanReplies(person)).toEqual([]);
      expect((await stage.parts(reply))[0]?.state).toBe('confirmed');
    });

    test('what came meanwhile waits again, and the conversation is to be woken', async () => {
      const person = await stage.somebody(channel);
      const reply = await person.plan(['an answer']);
      onAccepted = async (sent) => {
        await person.write('and on Sunday?');
        await echo(sent, changed);
        expect(await waiting(person)).toEqual([]);
      };
      await stage.send(reply);
      expect(await waiting(person)).toHaveLength(1);
      expect((await stage.subject(person)).wake_since).not.toBeNull();
    });

    test('a human who wrote as well keeps the conversation', async () => {
      const person = await stage.somebody(channel);
      const reply = await person.plan(['an answer']);
      onAccepted = async (sent) => {
        await echo(sent, changed);
        await echo(sent, { text: 'I will look after this.', providerId: `human-${channel}` });
      };
      await stage.send(reply);
      expect(await rests(person)).toBe(true);
      expect(await humanReplies(person)).toHaveLength(1);
    });

    test('a rest from before goes on as long as it would have', async () => {
      const person = await stage.somebody(channel);
      const reply = await person.plan(['an answer']);
      const before = new Date(Date.now() + 5_000);
      onAccepted = async (sent) => {
        await stage.db
          .updateTable('mayfly.subjects')
          .set({ human_until: before })
          .where('id', '=', person.subjectId)
          .execute();
        await echo(sent, changed);
      };
      await stage.send(reply);
      expect((await stage.subject(person)).human_until).toEqual(before);
    });

    test("that Meta's answer never confirms stays a human's", async () => {
      const person = await stage.somebody(channel);
      await person.plan(['an answer']);
      await echo({
        ...{ channel, account: '', to: person.address, providerId: `alone-${channel}` },
        ...{ text: 'a human', token: null, at: new Date() },
        ...{ account: channel === 'whatsapp' ? '106540352242922' : '17841400000000000' },
      } as SentText);
      expect(await rests(person)).toBe(true);
    });
  },
);

test('on whatsapp a status with our token takes a takeover back as well, when the answer to the send was lost', async () => {
  const person = await stage.somebody('whatsapp');
  const reply = await person.plan(['an answer']);
  stage.meta.plan('execute then drop');
  onAccepted = async (sent) => {
    await echo(sent, { text: 'changed on the way' });
    await stage.post('whatsapp', stage.webhooks.statusWebhook(sent, 'delivered'));
  };
  await stage.send(reply);
  expect(await rests(person)).toBe(false);
  expect(stage.meta.sent).toHaveLength(1);
});

test('an echo that is told hours late silences from when the human wrote, not from when it is told', async () => {
  const person = await stage.somebody('instagram');
  const hoursAgo = new Date(Date.now() - 3 * 3_600_000);
  const late = (id: string, at: Date) =>
    stage.post(
      'instagram',
      stage.webhooks.echoWebhook(
        {
          ...{ channel: 'instagram', account: '17841400000000000', to: person.address },
          ...{ providerId: id, text: 'a human', token: null, at },
        } as SentText,
        { at },
      ),
    );
  expect(await late('late', hoursAgo)).toEqual(['taken over']);
  expect(await rests(person)).toBe(false);
  // What they wrote since then was not answered by it.
  expect(await waiting(person)).toHaveLength(1);
  await late('now', new Date());
  expect(await rests(person)).toBe(true);
  expect(await waiting(person)).toEqual([]);
});
