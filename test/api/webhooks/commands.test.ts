import { MESSAGES } from '../../../domain/messages.ts';
import type { SentText } from '../../fakes/meta/fake-meta.ts';
import { eventually } from '../../support/eventually.ts';
import { ACCOUNTS, createInstallation } from '../../support/installation.ts';
import { createPersons, discloses, personsWords } from '../../support/persons.ts';
import type { TestPerson } from '../../support/persons.ts';

const PAUSE_MS = 3_000;
const mayfly = await createInstallation({ HUMAN_PAUSE: `${PAUSE_MS}ms` });
const persons = createPersons(mayfly);
const speaker = { companyName: 'Example Bakery', contactEmail: 'privacy@example.com' };
const said = MESSAGES.en;

/** What happens to a text between Meta's sending it and answering us. */
let onAccepted: ((sent: SentText) => Promise<unknown>) | null = null;
mayfly.meta.onAccepted(async (sent) => void (await onAccepted?.(sent)));

beforeEach(() => {
  onAccepted = null;
  mayfly.model.requests.length = 0;
  mayfly.model.usually((request) => ({ reply: `You said: ${personsWords(request).at(-1)}` }));
});

const asked = (count: number) =>
  eventually(() => expect(mayfly.model.requests).toHaveLength(count));
const until = (moment: number) => eventually(() => expect(Date.now()).toBeGreaterThan(moment));

/** A member of staff writes in Meta's own app. */
async function humanWrites(person: TestPerson, text: string): Promise<void> {
  const to =
    person.channel === 'whatsapp'
      ? (person.reference.identifiers[1]?.value ?? '')
      : person.reference.identifiers[0].value;
  const providerId = `wamid.human-${crypto.randomUUID()}`;
  const sent: SentText = {
    at: new Date(),
    channel: person.channel,
    account: ACCOUNTS[person.channel],
    to,
    text,
    token: null,
    providerId,
  };
  expect((await mayfly.post(person.channel, mayfly.webhooks.echoWebhook(sent))).status).toBe(200);
}

const standingOf = async (person: TestPerson) =>
  mayfly.db
    .selectFrom('mayfly.subjects')
    .select(['opted_out_at', 'human_until'])
    .where('id', '=', await person.subjectId())
    .executeTakeFirstOrThrow();

describe.each(['whatsapp', 'instagram'] as const)('on %s', (channel) => {
  test('STOP ends the answer that is being written, is confirmed, and holds until START', async () => {
    const person = persons.on(channel);
    mayfly.model.plan('hang');
    await person.write('tell me everything');
    await asked(1);
    await person.write('Stop!');
    expect(await person.hears(1)).toEqual([said.stopped(speaker)]);
    expect(mayfly.model.requests[0]?.aborted).toBe(true);

    await person.write('are you there?');
    await person.settled();
    expect(mayfly.model.requests).toHaveLength(1);
    expect(person.received()).toHaveLength(1);

    mayfly.model.plan((request) => ({ reply: `Words: ${personsWords(request).join(', ')}` }));
    await person.write('START');
    expect((await person.hears(2))[1]).toBe(
      'Words: tell me everything, Stop!, are you there?, START',
    );
    await person.settled();
    expect(person.received()).toHaveLength(2);
  });

  test('START by someone who has asked nothing since brings the assistant back, and says so', async () => {
    const person = persons.on(channel);
    await person.write('STOP');
    await person.hears(1);
    await person.write('start.');
    expect((await person.hears(2))[1]).toBe(said.started(speaker));
    await person.write('and now?');
    expect((await person.hears(3))[2]).toBe('You said: and now?');
  });

  test('STOP holds back the parts of an answer that have not gone out', async () => {
    const person = persons.on(channel);
    mayfly.model.plan({ reply: 'word '.repeat(1500) });
    onAccepted = async () => {
      onAccepted = null;
      await person.write('stop');
    };
    await person.write('a lot, please');
    const [first, second] = await person.hears(2);
    expect(first).toMatch(/^You are writing with/);
    expect(second).toBe(said.stopped(speaker));
    await person.settled();
    expect(person.received()).toHaveLength(2);
  });

  test('a sentence with the word in it is a question for the model', async () => {
    const person = persons.on(channel);
    await person.write("please don't stop");
    expect(await person.hears(1)).toEqual(["You said: please don't stop"]);
    expect((await standingOf(person)).opted_out_at).toBeNull();
  });

  test('a command in another configured language is answered in that language', async () => {
    const person = persons.on(channel);
    await person.write('¡BAJA! 🙏');
    expect(await person.hears(1)).toEqual([MESSAGES.es.stopped(speaker)]);
    await person.write('baja');
    expect((await person.hears(2))[1]).toBe(MESSAGES.es.stopped(speaker));
  });

  test('HUMAN rests the assistant until the pause has passed, and its next words say again who writes', async () => {
    const person = persons.on(channel);
    await person.write('hello');
    expect(discloses((await person.hears(1).then(() => person.received()))[0]?.text ?? '')).toBe(
      true,
    );
    const pausedAt = Date.now();
    await person.write('Human 🙋');
    const [, answer] = await person.hears(2);
    expect([said.human(speaker), said.humanLater(speaker)]).toContain(answer);
    await person.write('is anyone there?');
    await person.settled();
    expect(mayfly.model.requests).toHaveLength(1);
    expect(person.received()).toHaveLength(2);

    await until(pausedAt + PAUSE_MS + 1_500);
    await person.write('hello again');
    expect((await person.hears(3))[2]).toBe('You said: hello again');
    expect(person.received().map(({ text }) => discloses(text))).toEqual([true, false, true]);
  });

  test("a human who writes in Meta's app takes over while the model works, and their words are part of the session", async () => {
    const person = persons.on(channel);
    await person.write('hello');
    await person.hears(1);
    mayfly.model.plan('hang');
    await person.write('can you help?');
    await asked(2);
    const takenOverAt = Date.now();
    await humanWrites(person, 'Yes, this is Ana.');
    await eventually(() => expect(mayfly.model.requests[1]?.aborted).toBe(true));
    await person.settled();
    await person.write('thank you, Ana');
    await person.settled();
    expect(person.received()).toHaveLength(1);
    expect(mayfly.model.requests).toHaveLength(2);

    await until(takenOverAt + PAUSE_MS + 500);
    await person.write('one more thing');
    expect((await person.hears(2))[1]).toBe('You said: one more thing');
    expect(discloses(person.received()[1]?.text ?? '')).toBe(true);
    const turns = mayfly.model.requests[2]?.turns.map(
      ({ role, text }) => `${role}: ${text.split('\n').at(-1)}`,
    );
    expect(turns).toEqual([
      'person: hello',
      'assistant: You said: hello',
      'person: can you help?',
      'assistant: Yes, this is Ana.',
      'person: thank you, Ana',
      'person: one more thing',
    ]);
  });

  test('the echo of our own words is no takeover, before Meta answers the send, after it, and twice', async () => {
    const person = persons.on(channel);
    onAccepted = (sent) => mayfly.post(channel, mayfly.webhooks.echoWebhook(sent));
    await person.write('hello');
    await person.hears(1);
    const [sent] = person.received();
    if (sent === undefined) throw new Error('nothing was sent');
    for (let time = 0; time < 2; time += 1) {
      expect((await mayfly.post(channel, mayfly.webhooks.echoWebhook(sent))).status).toBe(200);
    }
    expect((await standingOf(person)).human_until).toBeNull();
    await person.write('still you?');
    expect((await person.hears(2))[1]).toBe('You said: still you?');
    const replies = await mayfly.db
      .selectFrom('mayfly.replies')
      .select('origin')
      .where('subject_id', '=', await person.subjectId())
      .execute();
    expect(replies.map(({ origin }) => origin)).toEqual(['model', 'model']);
  });
});

test('a conversation that another app takes rests, and one that is passed to us is answered, with what waits', async () => {
  const person = persons.on('instagram');
  await person.write('hello');
  await person.hears(1);
  const control = (event: string) =>
    person.send({ [event]: { previous_owner_app_id: '1', new_owner_app_id: '2' } });
  await control('take_thread_control');
  expect((await standingOf(person)).human_until).not.toBeNull();
  await person.write('who is there?');
  await person.settled();
  expect(person.received()).toHaveLength(1);
  await control('pass_thread_control');
  expect((await person.hears(2))[1]).toBe('You said: who is there?');
});

test('a conversation in which the model hands over is paused, and commands are still understood', async () => {
  const person = persons.on('whatsapp');
  mayfly.model.plan({ reply: 'A person will take over.', action: 'handoff' });
  await person.write('I want to complain');
  await person.hears(1);
  await eventually(async () => expect((await standingOf(person)).human_until).not.toBeNull());
  await person.write('my data');
  expect((await person.hears(2))[1]).toContain('privacy@example.com');
  expect(mayfly.model.requests).toHaveLength(1);
});
