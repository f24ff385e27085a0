import { randomUUID } from 'node:crypto';
import type { MessageContent, PersonReference } from '../../../domain/events.ts';
import type { DeliveryState } from '../../../domain/outbox.ts';
import type { SubjectCipher } from '../../../lib/crypto/subject-cipher.ts';
import type { InTransaction } from '../../../store/database.ts';
import {
  editMessage,
  eraseUnsentMessage,
  markWaiting,
  storeMessages,
} from '../../../store/conversation/inbox.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { hasWaitingSince, inboxSince, readInbox } from '../../../store/conversation/turns.ts';
import { createStorage } from '../../support/storage.ts';

const { db, people } = await createStorage();
const NOW = new Date();

type Work<T> = (trx: InTransaction, cipher: SubjectCipher) => Promise<T>;
let count = 0;

/** A person of their own for each test, and what happens to them. */
function somebody() {
  count += 1;
  const person: PersonReference = {
    channel: 'whatsapp',
    account: 'a',
    identifiers: [{ kind: 'whatsapp phone', value: `+1555030${String(count).padStart(4, '0')}` }],
  };
  const withThem = <T>(work: Work<T>) =>
    inTransaction(db, async (trx) => work(trx, await people.findOrCreate(trx, person, NOW)));
  const send = (providerId: string, content: MessageContent, at = NOW) =>
    withThem((trx, cipher) =>
      storeMessages(trx, cipher, [{ providerId, at, content, address: person.identifiers[0] }]),
    );
  return {
    withThem,
    send,
    say: (providerId: string, text: string) => send(providerId, { kind: 'text', text }),
    edit: (providerId: string, text: string) =>
      withThem((trx, cipher) =>
        editMessage(trx, cipher, { providerId, content: { kind: 'text', text } }),
      ),
    unsend: (providerId: string) =>
      withThem((trx, cipher) => eraseUnsentMessage(trx, cipher, { providerId, at: NOW })),
    waiting: () => withThem(readInbox),
    rows: () =>
      withThem((trx, { subjectId }) =>
        trx
          .selectFrom('mayfly.messages')
          .selectAll()
          .where('subject_id', '=', subjectId)
          .orderBy('arrival')
          .execute(),
      ),
    subject: () =>
      withThem((trx, { subjectId }) =>
        trx
          .selectFrom('mayfly.subjects')
          .selectAll()
          .where('id', '=', subjectId)
          .executeTakeFirstOrThrow(),
      ),
    /** The conversation looked, and found nothing more to do. */
    settle: () =>
      withThem(async (trx, { subjectId }) => {
        await trx
          .updateTable('mayfly.subjects')
          .set({ wake_since: null })
          .where('id', '=', subjectId)
          .execute();
      }),
    /** Everything that waits is answered by a reply with one part in this state. */
    answer: (state: DeliveryState) => withThem((trx, cipher) => insertReply(trx, cipher, state)),
  };
}

async function insertReply(
  trx: InTransaction,
  cipher: SubjectCipher,
  state: DeliveryState,
): Promise<string> {
  const [id, deliveryId, subject_id] = [randomUUID(), randomUUID(), cipher.subjectId];
  await trx
    .insertInto('mayfly.replies')
    .values({ id, subject_id, origin: 'model', action: 'continue' })
    .execute();
  const sealed_text = cipher.seal('deliveries.sealed_text', deliveryId, 'reply');
  await trx
    .insertInto('mayfly.deliveries')
    .values({ id: deliveryId, subject_id, reply_id: id, part: 0, state, sealed_text })
    .execute();
  await trx
    .updateTable('mayfly.messages')
    .set({ reply_id: id })
    .where('subject_id', '=', subject_id)
    .execute();
  return id;
}

describe('a message', () => {
  test('is stored once, however often and in whatever order it comes', async () => {
    const { say, rows } = somebody();
    const first = await say('one', 'hello');
    const again = await say('one', 'hello');
    expect([first, again]).toEqual([
      { results: ['stored'], mustWake: true },
      { results: ['repeated'], mustWake: false },
    ]);
    expect(await rows()).toHaveLength(1);
  });

  test("is sealed: neither its words nor Meta's id of it stand in the row", async () => {
    const { say, rows } = somebody();
    await say('wamid.secret-id', 'secret words');
    const dump = Buffer.concat(
      (await rows()).flatMap((row) => Object.values(row)).filter((value) => Buffer.isBuffer(value)),
    );
    expect(dump.length).toBeGreaterThan(50);
    expect(dump.includes('secret')).toBe(false);
  });

  test.each(['sticker', 'like', 'story mention'] as const)(
    'that is a %s is kept as that word, and neither waits nor wakes',
    async (kind) => {
      const { send, rows, waiting, subject } = somebody();
      expect(await send('one', { kind })).toEqual({ results: ['stored'], mustWake: false });
      expect(await rows()).toMatchObject([{ kind, sealed_text: null, reply_id: null }]);
      expect(await waiting()).toBeNull();
      expect((await subject()).wake_since).toBeNull();
    },
  );

  test('wakes also when a like came in the same webhook', async () => {
    const { withThem, waiting } = somebody();
    const message = (providerId: string, content: MessageContent) => ({
      providerId,
      at: NOW,
      content,
      address: { kind: 'whatsapp phone', value: '+1' } as const,
    });
    const stored = await withThem((trx, cipher) =>
      storeMessages(trx, cipher, [
        message('1', { kind: 'like' }),
        message('2', { kind: 'text', text: 'hello' }),
      ]),
    );
    expect(stored.mustWake).toBe(true);
    expect((await waiting())?.messages.map(({ text }) => text)).toEqual(['hello']);
  });

  test('that comes late does not bring an earlier address back', async () => {
    const { send, withThem } = somebody();
    await send('new', { kind: 'text', text: 'new' });
    const before = await withThem((trx, { subjectId }) =>
      trx
        .selectFrom('mayfly.addresses')
        .selectAll()
        .where('subject_id', '=', subjectId)
        .executeTakeFirst(),
    );
    await send('late', { kind: 'text', text: 'late' }, new Date(NOW.getTime() - 60_000));
    const after = await withThem((trx, { subjectId }) =>
      trx
        .selectFrom('mayfly.addresses')
        .selectAll()
        .where('subject_id', '=', subjectId)
        .executeTakeFirst(),
    );
    expect(after).toEqual(before);
  });
});

describe('an unsent message', () => {
  test("leaves neither its words nor Meta's id in its row", async () => {
    const { say, unsend, rows } = somebody();
    await say('one', 'regretted');
    const [before] = await rows();
    expect(before?.sealed_text).not.toBeNull();
    await unsend('one');
    expect(await rows()).toMatchObject([
      { id: before?.id, kind: 'unsent', sealed_text: null, sealed_provider_id: null },
    ]);
  });

  test('that comes before the message itself keeps the words from ever being stored', async () => {
    const { say, unsend, rows, waiting } = somebody();
    await unsend('one');
    expect(await say('one', 'regretted')).toEqual({ results: ['repeated'], mustWake: false });
    expect(await rows()).toMatchObject([
      { kind: 'unsent', sealed_text: null, sealed_provider_id: null },
    ]);
    expect(await waiting()).toBeNull();
  });

  test('cannot be edited back to words', async () => {
    const { say, unsend, edit, rows } = somebody();
    await say('one', 'regretted');
    await unsend('one');
    expect(await edit('one', 'once more')).toEqual({ outcome: 'kept' });
    expect(await rows()).toMatchObject([{ kind: 'unsent', sealed_text: null }]);
  });

  test('that was answered already loses its words too, and wakes nobody', async () => {
    const { say, unsend, answer, settle, rows } = somebody();
    await say('one', 'regretted');
    await answer('confirmed');
    await settle();
    expect(await unsend('one')).toEqual({ mustWake: false });
    expect(await rows()).toMatchObject([
      { kind: 'unsent', sealed_text: null, sealed_provider_id: null },
    ]);
  });

  test('to which an answer is written but not sent holds that back, and wakes the conversation for what is left', async () => {
    const { say, unsend, answer, settle, withThem } = somebody();
    await say('one', 'regretted');
    await say('two', 'meant');
    const reply = await answer('planned');
    await settle();
    expect(await withThem((trx) => hasWaitingSince(trx, reply))).toBe(false);
    expect(await unsend('one')).toEqual({ mustWake: true });
    expect(await withThem((trx) => hasWaitingSince(trx, reply))).toBe(true);
    expect(await unsend('one')).toEqual({ mustWake: false });
  });
});

describe('an edit', () => {
  test('replaces the words in the row', async () => {
    const { say, edit, waiting, rows } = somebody();
    await say('one', 'before');
    const [before] = await rows();
    await edit('one', 'after');
    const [after] = await rows();
    expect((await waiting())?.messages.map(({ text }) => text)).toEqual(['after']);
    expect(after?.sealed_text).not.toEqual(before?.sealed_text);
    expect(await rows()).toHaveLength(1);
  });

  test('of a message that is not there, or is no text, changes nothing', async () => {
    const { send, edit, rows } = somebody();
    expect(await edit('none', 'words')).toEqual({ outcome: 'unknown' });
    await send('one', { kind: 'image' });
    expect(await edit('one', 'words')).toEqual({ outcome: 'kept' });
    expect(await rows()).toMatchObject([{ kind: 'image', sealed_text: null }]);
  });

  test('makes what was read before outdated, each time anew', async () => {
    const { say, edit, waiting, withThem } = somebody();
    await say('one', 'first');
    const known = (await waiting())?.messages ?? [];
    const since = (messages: typeof known) =>
      withThem((trx, { subjectId }) => inboxSince(trx, subjectId, messages));
    expect(await since(known)).toBe('same');
    await say('two', 'more');
    expect(await since(known)).toBe('more');
    await edit('one', 'second');
    expect(await since(known)).toBe('changed');
    const read = (await waiting())?.messages ?? [];
    expect(await since(read)).toBe('same');
    await edit('one', 'third');
    expect(await since(read)).toBe('changed');
  });

  test('of a message whose answer is only written holds that back, and of a sent one does not', async () => {
    const { say, edit, answer, settle, withThem } = somebody();
    await say('one', 'before');
    const draft = await answer('planned');
    await settle();
    expect(await edit('one', 'after')).toEqual({ outcome: 'edited', mustWake: true });
    expect(await withThem((trx) => hasWaitingSince(trx, draft))).toBe(true);
    await answer('accepted');
    await settle();
    expect(await edit('one', 'much later')).toEqual({ outcome: 'edited', mustWake: false });
  });

  test('starts the time of quiet again, but not the longest wait', async () => {
    const { say, edit, waiting, withThem } = somebody();
    await say('one', 'before');
    await withThem((trx, { subjectId }) =>
      trx
        .updateTable('mayfly.messages')
        .set({ received_at: new Date(Date.now() - 60_000) })
        .where('subject_id', '=', subjectId)
        .execute(),
    );
    await edit('one', 'after');
    const inbox = await waiting();
    expect(inbox?.firstAgeMs).toBeGreaterThanOrEqual(60_000);
    expect(inbox?.lastAgeMs).toBeLessThan(50_000);
  });
});

test("a conversation that is the assistant's again is woken when something waits, and only then", async () => {
  const { say, settle, answer, withThem } = somebody();
  const mark = () => withThem((trx, { subjectId }) => markWaiting(trx, subjectId));
  expect(await mark()).toBe(false);
  await say('one', 'hello');
  await settle();
  expect(await mark()).toBe(true);
  expect(await mark()).toBe(false);
  await answer('confirmed');
  await settle();
  expect(await mark()).toBe(false);
});
