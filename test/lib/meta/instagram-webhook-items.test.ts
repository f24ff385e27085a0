import type { WebhookEvent } from '../../../domain/events.ts';
import { parseInstagramWebhook } from '../../../lib/meta/instagram-webhook.ts';
import { described } from './described.ts';
import {
  AT_DATE,
  IG_ACCOUNT,
  IG_CUSTOMER,
  instagramBody,
  instagramItem,
  instagramMessage,
  instagramOutgoing,
  type Json,
} from './webhook-bodies.ts';

function read(...items: unknown[]): string[] {
  return described(parseInstagramWebhook(instagramBody(...items)));
}

function only(item: unknown): WebhookEvent | undefined {
  return parseInstagramWebhook(instagramBody(item)).events[0];
}

const person = {
  channel: 'instagram',
  account: IG_ACCOUNT,
  identifiers: [{ kind: 'instagram user id', value: IG_CUSTOMER }],
};

describe('what concerns an earlier message', () => {
  test('an unsent message names the original and carries no words', () => {
    expect(only(instagramMessage({ is_deleted: true }))).toEqual({
      type: 'message unsent',
      person,
      providerId: 'mid.one',
      at: AT_DATE,
    });
  });

  const edit = (part: Json) => instagramItem({ message_edit: { mid: 'mid.one', ...part } });

  test('an edit carries the new words, whether its number is a number or a text', () => {
    for (const num_edit of [1, '1', '<INT>', undefined]) {
      expect(only(edit({ text: 'New', num_edit }))).toEqual({
        type: 'message edited',
        person,
        providerId: 'mid.one',
        at: AT_DATE,
        text: 'New',
      });
    }
  });

  test('an edit without new words takes the old ones back', () => {
    expect(read(edit({ num_edit: 2 }))).toEqual(['message unsent by user id']);
  });

  test('edit number zero is the message itself, with its words or without, if it says whose', () => {
    const alone = { message_edit: { mid: 'mid.one', num_edit: 0 } };
    expect(read(edit({ num_edit: 0 }), edit({ num_edit: '0', text: 'Hello' }), alone)).toEqual([
      'unread by user id',
      'text by user id',
      'ignored first version 1',
    ]);
  });

  test('a reaction and its removal name the message reacted to', () => {
    for (const action of ['react', 'unreact']) {
      const reaction = { mid: 'mid.old', action, emoji: '❤' };
      expect(only(instagramItem({ reaction }))).toEqual({
        type: 'reaction',
        person,
        providerId: 'mid.old',
        at: AT_DATE,
      });
    }
  });

  test('a sight names the message seen, or none', () => {
    expect(only(instagramItem({ read: { mid: 'mid.old' } }))).toEqual({
      type: 'seen',
      person,
      providerId: 'mid.old',
      at: AT_DATE,
    });
    expect(only(instagramItem({ read: { watermark: 1749416383000 } }))).toMatchObject({
      type: 'seen',
      providerId: null,
    });
  });
});

describe('what the business itself does', () => {
  test('an echo names the person it was written to, and the account that wrote', () => {
    const echo = instagramOutgoing({ message: { mid: 'mid.one', text: 'Hi', is_echo: true } });
    expect(only(echo)).toEqual({
      type: 'echo',
      person,
      providerId: 'mid.one',
      at: AT_DATE,
      text: 'Hi',
    });
  });

  test('an echo is one also where the entry does not name the account', () => {
    const message = { mid: 'mid.one', text: 'Hi', is_echo: true };
    const entry = [{ id: '0', messaging: [instagramOutgoing({ message })] }];
    expect(parseInstagramWebhook({ object: 'instagram', entry }).events).toMatchObject([
      { type: 'echo', person },
    ]);
  });

  test('an echo of an attachment has no text', () => {
    const message = { mid: 'mid.one', is_echo: true, attachments: [{ type: 'image' }] };
    expect(only(instagramOutgoing({ message }))).toMatchObject({ type: 'echo', text: null });
  });

  test('a message of the account is an echo also where Meta does not say so', () => {
    expect(read(instagramOutgoing({ message: { mid: 'mid.one', text: 'Hi' } }))).toEqual([
      'echo to user id',
    ]);
  });

  test('a message whose echo flag cannot be read is never taken for a customer', () => {
    expect(read(instagramMessage({ is_echo: 'true' }), instagramMessage({ is_self: 1 }))).toEqual([
      'malformed 2',
    ]);
  });

  test('messages to oneself, and own reactions, presses and sights are ignored', () => {
    expect(
      read(
        instagramMessage({ is_self: true, is_echo: true }),
        instagramOutgoing({ reaction: { mid: 'mid.old' } }),
        instagramOutgoing({ postback: { mid: 'mid.one', title: 'Yes' } }),
        instagramOutgoing({ read: { mid: 'mid.old' } }),
      ),
    ).toEqual(['ignored own account 4']);
  });

  test('own messages taken back or edited are ignored', () => {
    expect(
      read(
        instagramOutgoing({ message: { mid: 'mid.one', is_echo: true, is_deleted: true } }),
        instagramOutgoing({ message_edit: { mid: 'mid.one', text: 'New', num_edit: 1 } }),
      ),
    ).toEqual(['ignored own message changed 2']);
  });
});

describe('who answers', () => {
  test('a conversation passed to us is ours, one taken from us is not', () => {
    expect(
      read(instagramItem({ pass_thread_control: {} }), instagramItem({ take_thread_control: {} })),
    ).toEqual(['control to us over user id', 'control to others over user id']);
  });

  test('a change of control concerns the customer, whoever sent it', () => {
    expect(only(instagramOutgoing({ pass_thread_control: {} }))).toMatchObject({ person });
  });
});

test('deliveries, opt-ins, referrals and the roles of apps are ignored', () => {
  expect(
    read(
      instagramItem({ delivery: { mids: ['mid.one'] } }),
      instagramItem({ optin: { ref: 'R' } }),
      instagramItem({ referral: { ref: 'R' } }),
      instagramItem({ app_roles: {} }),
      instagramItem({ request_thread_control: {} }),
    ),
  ).toEqual(['ignored delivery 1', 'ignored opt-in 1', 'ignored referral 1', 'ignored handover 2']);
});

test('an item without its people or its id, or with nothing in it, is malformed', () => {
  expect(
    read(
      instagramItem({ message: { text: 'Hello' } }),
      instagramItem({ message: null }),
      instagramItem({ reaction: {} }),
      instagramItem({ message_edit: { text: 'New' } }),
      instagramItem({ read: 'mid.one' }),
      instagramItem({}),
      { ...instagramMessage(), sender: undefined },
      { ...instagramMessage(), recipient: {} },
      { ...instagramMessage(), sender: { id: 200000000000001 } },
      { ...instagramMessage(), sender: { id: 'foo_bar' } },
    ),
  ).toEqual(['malformed 10']);
});

test('an item without a time that can be one has the time of its receipt', () => {
  const before = Date.now();
  const taken = only({ ...instagramMessage(), timestamp: 0 });
  expect(taken?.at.getTime()).toBeGreaterThanOrEqual(before);
});

test('a press without an id is known again by who pressed what and when, and tells nothing of them', () => {
  const press = (title: string, time: number) => {
    const pressed = only({ ...instagramItem({ postback: { title } }), timestamp: time });
    return pressed?.type === 'message' ? pressed.providerId : '';
  };
  const [at, later] = [1_749_416_383_000, 1_749_416_384_000];
  expect(press('Yes', at)).toBe(press('Yes', at));
  expect(new Set([press('Yes', at), press('No', at), press('Yes', later)]).size).toBe(3);
  expect(press('Yes', at)).toMatch(/^press\.[0-9a-f]{64}$/);
});

test('an item whose receiver is another account than its entry is left alone, and counted', () => {
  expect(read({ ...instagramMessage(), recipient: { id: '17841499999999999' } })).toEqual([
    'ignored another account 1',
  ]);
});
