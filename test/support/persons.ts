import type { Channel } from '../../domain/channels.ts';
import type { PersonReference } from '../../domain/events.ts';
import { SubjectKeyCache } from '../../lib/crypto/subject-key-cache.ts';
import { People } from '../../store/people/people.ts';
import { inTransaction } from '../../store/transaction.ts';
import type { FakeModelRequest } from '../fakes/llm/fake-model.ts';
import { newInstagramMessageId, newWhatsAppMessageId } from '../fakes/meta/provider-ids.ts';
import { eventually } from './eventually.ts';
import { ACCOUNTS } from './installation.ts';
import type { Installation } from './installation.ts';

export type TestPerson = ReturnType<ReturnType<typeof createPersons>['on']>;

interface Fields {
  /** Meta's id of the message; a new one unless told. */
  id?: string;
  at?: Date;
}

/** People of the tests, each with identifiers of their own, who act through signed webhooks. */
export function createPersons(mayfly: Installation) {
  const people = new People({
    ring: mayfly.ring,
    cache: new SubjectKeyCache({ capacity: 100, now: Date.now }),
  });
  let count = 0;

  function on(channel: Channel) {
    count += 1;
    const names = channel === 'whatsapp' ? whatsAppNames(count) : instagramNames(count);
    const { reference, to } = names;
    const newId = () =>
      channel === 'whatsapp'
        ? newWhatsAppMessageId(to, 'from person')
        : newInstagramMessageId(ACCOUNTS.instagram);
    const post = (body: object) =>
      mayfly.post(channel, mayfly.webhooks.signed(body as { object: string }));
    const send = async (item: object, { id = newId(), at = new Date() }: Fields = {}) => {
      const response = await post(names.message(id, at, item));
      expect(response.status).toBe(200);
      return id;
    };
    const received = () =>
      mayfly.meta.sent.filter((sent) => sent.channel === channel && sent.to === to);

    const person = {
      channel,
      reference,
      /** What identifies them at Meta, none of which may ever be seen. */
      identifiers: names.identifiers,
      send,
      post,
      received,
      write: (text: string, fields?: Fields) =>
        send(
          channel === 'whatsapp' ? { type: 'text', text: { body: text } } : { message: { text } },
          fields,
        ),
      edit: (id: string, text: string) =>
        channel === 'whatsapp'
          ? send({
              type: 'edit',
              edit: { original_message_id: id, message: { type: 'text', text: { body: text } } },
            })
          : send({ message_edit: { text, num_edit: '1' } }, { id }),
      unsend: (id: string) =>
        channel === 'whatsapp'
          ? send({ type: 'revoke', revoke: { original_message_id: id } })
          : send({ message: { is_deleted: true } }, { id }),
      /** Waits until this many texts have reached them, and returns all that did, without the words that disclose. */
      hears: async (texts: number) => {
        await eventually(() => expect(received().length).toBeGreaterThanOrEqual(texts));
        return received().map(({ text }) => withoutDisclosure(text));
      },
      subjectId: async () => {
        const cipher = await inTransaction(mayfly.db, (trx) => people.find(trx, reference));
        if (cipher === null) throw new Error('this person is not known');
        return cipher.subjectId;
      },
      /** Their messages as they lie in the database, opened. */
      stored: () =>
        inTransaction(mayfly.db, async (trx) => {
          const cipher = await people.find(trx, reference);
          if (cipher === null) return [];
          const rows = await trx
            .selectFrom('mayfly.messages')
            .selectAll()
            .where('subject_id', '=', cipher.subjectId)
            .orderBy('arrival')
            .execute();
          return rows.map((row) => ({
            kind: row.kind,
            text: row.sealed_text && cipher.open('messages.sealed_text', row.id, row.sealed_text),
            hasProviderId: row.sealed_provider_id !== null,
          }));
        }),
      /** Waits until no message of theirs waits to be looked at. */
      settled: async () => {
        const id = await person.subjectId();
        await eventually(async () => {
          const row = await mayfly.db
            .selectFrom('mayfly.subjects')
            .select('wake_since')
            .where('id', '=', id)
            .executeTakeFirst();
          expect(row?.wake_since).toBeNull();
        });
      },
    };
    return person;
  }
  return { on };
}

/** What the session before the assistant's words says: an assistant writes. */
const DISCLOSURE = /^You are writing with the automated assistant of [^\n]+\n\n/;

export function withoutDisclosure(text: string): string {
  return text.replace(DISCLOSURE, '');
}

export function discloses(text: string): boolean {
  return DISCLOSURE.test(text);
}

/** The words of a request to the model that the person said, oldest first. */
export function personsWords({ turns }: FakeModelRequest): string[] {
  return turns.filter(({ role }) => role === 'person').map(({ text }) => text);
}

function whatsAppNames(n: number) {
  const digits = `1555060${String(n).padStart(4, '0')}`;
  const userId = `US.${String(n).padStart(4, '0')}72041836590271`;
  const reference: PersonReference = {
    channel: 'whatsapp',
    account: ACCOUNTS.whatsapp,
    identifiers: [
      { kind: 'whatsapp user id', value: userId },
      { kind: 'whatsapp phone', value: `+${digits}` },
    ],
  };
  const message = (id: string, at: Date, item: object) =>
    whatsAppBody({
      contacts: [
        {
          profile: { name: `Profile Name ${n}`, username: `profile.username.${n}` },
          wa_id: digits,
          user_id: userId,
        },
      ],
      messages: [
        {
          from: digits,
          from_user_id: userId,
          id,
          timestamp: String(Math.floor(at.getTime() / 1000)),
          ...item,
        },
      ],
    });
  return {
    reference,
    to: `+${digits}`,
    message,
    identifiers: [digits, userId, `Profile Name ${n}`, `profile.username.${n}`],
  };
}

function instagramNames(n: number) {
  const id = `2000000007${String(n).padStart(5, '0')}`;
  const reference: PersonReference = {
    channel: 'instagram',
    account: ACCOUNTS.instagram,
    identifiers: [{ kind: 'instagram user id', value: id }],
  };
  const message = (mid: string, at: Date, item: object) => {
    const named = Object.entries(item).map(([name, value]: [string, unknown]) => [
      name,
      ['message', 'message_edit', 'postback'].includes(name)
        ? { mid, ...(value as object) }
        : value,
    ]);
    const messaging = {
      sender: { id },
      recipient: { id: ACCOUNTS.instagram },
      timestamp: at.getTime(),
      ...(Object.fromEntries(named) as object),
    };
    return {
      object: 'instagram',
      entry: [{ id: ACCOUNTS.instagram, time: at.getTime(), messaging: [messaging] }],
    };
  };
  return { reference, to: id, message, identifiers: [id] };
}

/** A value of the `messages` field, of the tests' number unless told. */
export function whatsAppBody(value: object, phoneNumberId: string = ACCOUNTS.whatsapp) {
  const metadata = { display_phone_number: '15550100000', phone_number_id: phoneNumberId };
  return {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '102290129340398',
        changes: [
          { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } },
        ],
      },
    ],
  };
}
