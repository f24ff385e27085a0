import type { Identifier } from '../../../domain/events.ts';
import { parseWhatsAppWebhook } from '../../../lib/meta/whatsapp-webhook.ts';
import { described } from './described.ts';
import { whatsAppMessage, withMessages, type Json } from './webhook-bodies.ts';

/** The identifiers of each sender, as `user id|phone`. */
function senders(messages: Json[], contacts?: unknown): string[] {
  const { events } = parseWhatsAppWebhook(
    withMessages(messages.map(whatsAppMessage), { contacts }),
  );
  return events.map(({ person }) => values(person?.identifiers ?? []));
}

function values(identifiers: readonly Identifier[]): string {
  return identifiers.map(({ value }) => value).join('|');
}

const A = { wa_id: '16505551234', user_id: 'US.1', profile: { name: 'A', username: '@a' } };
const B = { wa_id: '16505555678', user_id: 'US.2' };

describe('who wrote', () => {
  test('a sender is completed by the contact with the same phone, among several', () => {
    expect(senders([{}, { from: '16505555678' }], [B, A])).toEqual([
      'US.1|+16505551234',
      'US.2|+16505555678',
    ]);
  });

  test('a sender is completed by the contact with the same user id, among several', () => {
    expect(senders([{ from: undefined, from_user_id: 'US.2' }], [A, B])).toEqual([
      'US.2|+16505555678',
    ]);
  });

  test('what the message itself says comes before what a contact says', () => {
    const otherPhone = { from: '16505550000', from_user_id: 'US.2' };
    const otherUserId = { from: '16505551234', from_user_id: 'US.9' };
    expect(senders([otherPhone, otherUserId, {}], [A, B])).toEqual([
      'US.2|+16505550000',
      'US.9|+16505551234',
      'US.1|+16505551234',
    ]);
  });

  test('the only contact names a sender that the message does not name', () => {
    expect(senders([{ from: undefined }], [A])).toEqual(['US.1|+16505551234']);
    expect(senders([{ from: undefined }, { from: undefined }], [A])).toHaveLength(2);
  });

  test('the only contact completes a sender it does not contradict', () => {
    expect(senders([{}], [{ user_id: 'US.1' }])).toEqual(['US.1|+16505551234']);
    expect(senders([{ from: 'PHONE_NUMBER' }], [A])).toEqual(['US.1|+16505551234']);
  });

  test('the only contact is not taken for a sender with another phone', () => {
    expect(senders([{}], [B])).toEqual(['+16505551234']);
  });

  test('with two people writing, an unnamed message is given to neither', () => {
    const body = withMessages(
      [whatsAppMessage({ from: '16505555678' }), whatsAppMessage({ from: undefined })],
      { contacts: [A] },
    );
    expect(described(parseWhatsAppWebhook(body))).toEqual(['text by phone', 'malformed 1']);
  });

  test('with two contacts, an unnamed message is given to neither', () => {
    expect(senders([{ from: undefined }], [A, B])).toEqual([]);
    expect(senders([{ from: undefined }], [{ wa_id: A.wa_id }, { user_id: 'US.2' }])).toEqual([]);
    expect(senders([{ from: undefined }], [A, null])).toEqual([]);
  });

  test('contacts that cannot be read cost only what they would have told', () => {
    for (const contacts of [null, 'x', {}, [null, 5, { wa_id: 5 }]]) {
      expect(senders([{}], contacts)).toEqual(['+16505551234']);
    }
    expect(senders([{}], [null, { wa_id: [], user_id: {} }, A])).toEqual(['US.1|+16505551234']);
  });
});

describe('identifiers', () => {
  test('a user id of the documented form is taken, also one of an enterprise', () => {
    for (const id of ['US.13491208655302741918', 'US.ENT.11815799212886844830', 'DE.a']) {
      expect(senders([{ from: undefined, from_user_id: id }])).toEqual([id]);
    }
  });

  test('a user id of a wrong form does not hide the phone', () => {
    const placeholders = [
      'BSUID_123',
      'foo_bar',
      'us.1',
      'US.',
      'US.1_2',
      'USA.1',
      `US.${'1'.repeat(129)}`,
    ];
    for (const id of [...placeholders, '', 'with space', 'a\u0000', 5, {}, null]) {
      expect(senders([{ from_user_id: id }])).toEqual(['+16505551234']);
    }
  });

  test('a phone of a wrong form does not hide the user id', () => {
    for (const from of ['PHONE_NUMBER', '', 5, {}, null]) {
      expect(senders([{ from, from_user_id: 'US.1' }])).toEqual(['US.1']);
    }
  });

  test('a documented user id in the place of the phone is a user id', () => {
    expect(senders([{ from: 'US.13491208655302741918' }])).toEqual(['US.13491208655302741918']);
  });

  test('parent user ids, names and usernames are not collected', () => {
    const body = withMessages([whatsAppMessage({ from_parent_user_id: 'US.ENT.9' })], {
      contacts: [{ ...A, parent_user_id: 'US.ENT.9' }],
    });
    const kept = JSON.stringify(parseWhatsAppWebhook(body));
    expect(kept).toContain('US.1');
    expect(kept).not.toMatch(/US\.ENT|@a|"A"/);
  });
});

describe('identifiers that change', () => {
  const changed = (system: Json, message: Json = {}) => {
    const body = withMessages([
      whatsAppMessage({ type: 'system', text: undefined, system, ...message }),
    ]);
    return parseWhatsAppWebhook(body).events.map((event) =>
      event.type === 'identifiers changed'
        ? `${values(event.person.identifiers)} to ${values(event.next)}`
        : event.type,
    );
  };

  test('a new number is told with the old number and the old user id', () => {
    const system = {
      type: 'user_changed_number',
      wa_id: '12195555358',
      user_id: 'US.2',
      previous_user_id: 'US.1',
    };
    expect(changed(system)).toEqual(['US.1|+16505551234 to US.2|+12195555358']);
  });

  test('the older spellings of the old and of the new number are read', () => {
    const older = {
      type: 'user_changed_number',
      new_wa_id: '12195555358',
      customer: '16505551234',
    };
    expect(changed(older, { from: undefined })).toEqual(['+16505551234 to +12195555358']);
    expect(changed(older)).toEqual(['+16505551234 to +12195555358']);
  });

  test('the new user id beside the message is not taken for an old one', () => {
    const system = { type: 'user_changed_user_id', user_id: 'US.2', previous_user_id: 'US.1' };
    expect(changed(system, { from: undefined, from_user_id: 'US.2' })).toEqual(['US.1 to US.2']);
  });

  test('a phone that stays is named among the old, and no new one takes its place', () => {
    const system = { type: 'user_changed_user_id', user_id: 'US.2' };
    expect(changed(system)).toEqual(['+16505551234 to US.2']);
  });

  test('a change whose old identifiers stand only in prose is ignored', () => {
    const system = {
      type: 'user_changed_user_id',
      user_id: 'US.2',
      body: 'User A changed from US.1 to US.2',
    };
    const body = withMessages([whatsAppMessage({ type: 'system', from: undefined, system })]);
    expect(described(parseWhatsAppWebhook(body))).toEqual(['ignored system message 1']);
  });

  test('a change to nothing new, one of another kind and one without content are ignored', () => {
    const body = withMessages([
      whatsAppMessage({ type: 'system', system: { type: 'user_changed_number' } }),
      whatsAppMessage({
        type: 'system',
        system: { type: 'user_changed_number', wa_id: '16505551234' },
      }),
      whatsAppMessage({ type: 'system', system: { type: 'customer_identity_changed' } }),
      whatsAppMessage({ type: 'system' }),
    ]);
    expect(described(parseWhatsAppWebhook(body))).toEqual(['ignored system message 4']);
  });
});
