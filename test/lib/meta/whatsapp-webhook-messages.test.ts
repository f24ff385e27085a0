import type { WebhookEvent } from '../../../domain/events.ts';
import { parseWhatsAppWebhook } from '../../../lib/meta/whatsapp-webhook.ts';
import { described } from './described.ts';
import { whatsAppMessage, withMessages, type Json } from './webhook-bodies.ts';

function read(...messages: unknown[]): string[] {
  return described(parseWhatsAppWebhook(withMessages(messages)));
}

function only(part: Json): WebhookEvent | undefined {
  return parseWhatsAppWebhook(withMessages([whatsAppMessage(part)])).events[0];
}

describe('content', () => {
  test.each([
    ['image', 'image'],
    ['video', 'video'],
    ['audio', 'audio'],
    ['voice', 'audio'],
    ['document', 'document'],
    ['sticker', 'sticker'],
    ['location', 'location'],
    ['contacts', 'contact card'],
    ['order', 'order'],
    ['unsupported', 'unsupported'],
    ['unknown', 'unsupported'],
    ['a type of tomorrow', 'unsupported'],
    ['__proto__', 'unsupported'],
    ['constructor', 'unsupported'],
  ])('a message of type %s is kept as the kind %s alone', (type, kind) => {
    const attached = {
      caption: 'A caption',
      body: 'A body',
      url: 'https://example.com',
      name: 'N',
    };
    expect(only({ type, [type]: attached, text: undefined })).toMatchObject({ content: { kind } });
    expect(JSON.stringify(only({ type, [type]: attached }))).not.toMatch(/caption|body|example/);
  });

  test.each([
    ['a pressed button', { type: 'button', button: { text: 'Yes', payload: 'P' } }],
    [
      'a reply button',
      {
        type: 'interactive',
        interactive: { type: 'button_reply', button_reply: { id: 'P', title: 'Yes' } },
      },
    ],
    [
      'a row of a list',
      {
        type: 'interactive',
        interactive: {
          type: 'list_reply',
          list_reply: { id: 'P', title: 'Yes', description: 'D' },
        },
      },
    ],
  ])('%s says its title', (_, part) => {
    expect(only(part)).toMatchObject({ content: { kind: 'text', text: 'Yes' } });
  });

  test('an answered form is kept as a form, without its answers', () => {
    const interactive = { type: 'nfm_reply', nfm_reply: { response_json: '{"age":"12"}' } };
    expect(only({ type: 'interactive', interactive })).toMatchObject({ content: { kind: 'form' } });
  });

  test.each([
    ['a text without a body', { text: {} }],
    ['a text that is empty', { text: { body: '' } }],
    ['a text that is no text', { text: { body: ['a'] } }],
    ['a button without a title', { type: 'button', button: {} }],
    ['an answer of a new kind', { type: 'interactive', interactive: { type: 'new', new: {} } }],
    ['an answer that is not there', { type: 'interactive' }],
  ])('%s is unsupported, so that the person is still answered', (_, part) => {
    expect(only(part)).toMatchObject({ type: 'message', content: { kind: 'unsupported' } });
  });

  test('a text with the trace of an advertisement is the text alone', () => {
    const part = { referral: { body: 'Summer', ctwa_clid: 'C' }, context: { id: 'wamid.zero' } };
    expect(only(part)).toMatchObject({ content: { kind: 'text', text: 'Hello' } });
    expect(JSON.stringify(only(part))).not.toMatch(/Summer|ctwa|wamid.zero/);
  });

  test('a greeting before the first word and a message in a group are ignored', () => {
    expect(
      read(whatsAppMessage({ type: 'request_welcome' }), whatsAppMessage({ group_id: 'group' })),
    ).toEqual(['ignored request welcome 1', 'ignored group 1']);
  });

  test('a message without an id or a type is malformed', () => {
    expect(
      read(
        whatsAppMessage({ id: undefined }),
        whatsAppMessage({ id: 'with space' }),
        whatsAppMessage({ type: undefined }),
        null,
        [],
        'text',
      ),
    ).toEqual(['malformed 6']);
  });

  test('a message without a time that can be one is taken, with the time of its receipt', () => {
    for (const timestamp of [undefined, '0', 'soon', null, 5e17]) {
      const before = Date.now();
      const at = (only({ timestamp }) as { at: Date }).at.getTime();
      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(Date.now());
    }
  });
});

describe('what concerns an earlier message', () => {
  test('a reaction, also one taken away, names the message reacted to', () => {
    for (const reaction of [
      { message_id: 'wamid.old', emoji: '👍' },
      { message_id: 'wamid.old' },
    ]) {
      expect(only({ type: 'reaction', reaction })).toMatchObject({
        type: 'reaction',
        providerId: 'wamid.old',
      });
    }
  });

  test('a message taken back names the original', () => {
    expect(only({ type: 'revoke', revoke: { original_message_id: 'wamid.old' } })).toMatchObject({
      type: 'message unsent',
      providerId: 'wamid.old',
    });
  });

  const edited = (message: unknown) =>
    whatsAppMessage({ type: 'edit', edit: { original_message_id: 'wamid.old', message } });

  test('an edit carries the new words and the id of the original', () => {
    const body = withMessages([edited({ type: 'text', text: { body: 'New' } })]);
    expect(parseWhatsAppWebhook(body).events).toMatchObject([
      { type: 'message edited', providerId: 'wamid.old', text: 'New' },
    ]);
  });

  test('an edit whose new words cannot be read takes the old ones back', () => {
    for (const message of [undefined, null, {}, { type: 'text' }, { type: 'new' }]) {
      expect(parseWhatsAppWebhook(withMessages([edited(message)])).events).toMatchObject([
        { type: 'message unsent', providerId: 'wamid.old' },
      ]);
    }
  });

  test('an edited caption changes nothing that is kept', () => {
    expect(read(edited({ type: 'image', image: { caption: 'New' } }))).toEqual([
      'ignored caption edit 1',
    ]);
  });

  test('a reaction, a revocation and an edit that name no message are malformed', () => {
    expect(
      read(
        whatsAppMessage({ type: 'reaction' }),
        whatsAppMessage({ type: 'revoke', revoke: {} }),
        whatsAppMessage({ type: 'edit', edit: { message: { type: 'text', text: { body: 'a' } } } }),
      ),
    ).toEqual(['malformed 3']);
  });
});

test('an unreadable message loses none of its neighbours', () => {
  const bad = [null, 5, {}, { id: [] }, whatsAppMessage({ from: 'PHONE_NUMBER' })];
  const good = whatsAppMessage();
  expect(read(good, ...bad, good)).toEqual(['text by phone', 'text by phone', 'malformed 5']);
});
