import type { WebhookEvent } from '../../../domain/events.ts';
import { parseInstagramWebhook } from '../../../lib/meta/instagram-webhook.ts';
import { instagramBody, instagramItem, instagramMessage, type Json } from './webhook-bodies.ts';

function only(item: unknown): WebhookEvent | undefined {
  return parseInstagramWebhook(instagramBody(item)).events[0];
}

describe('content', () => {
  const attached = (...types: unknown[]): Json => ({
    text: undefined,
    attachments: types.map((type) => ({ type, payload: { url: 'https://cdn.example.com/x' } })),
  });

  test.each([
    ['image', 'image'],
    ['video', 'video'],
    ['audio', 'audio'],
    ['file', 'document'],
    ['sticker', 'sticker'],
    ['location', 'location'],
    ['share', 'share'],
    ['ig_post', 'share'],
    ['ig_reel', 'share'],
    ['reel', 'share'],
    ['ig_story', 'share'],
    ['story', 'share'],
    ['story_mention', 'story mention'],
    ['like_heart', 'like'],
    ['media', 'unsupported'],
    ['a type of tomorrow', 'unsupported'],
    ['__proto__', 'unsupported'],
  ])('an attachment of type %s is kept as the kind %s alone', (type, kind) => {
    const event = only(instagramMessage(attached(type)));
    expect(event).toMatchObject({ type: 'message', content: { kind } });
    expect(JSON.stringify(event)).not.toContain('example');
  });

  test('words come before attachments', () => {
    expect(only(instagramMessage({ ...attached('image'), text: 'Look' }))).toMatchObject({
      content: { kind: 'text', text: 'Look' },
    });
  });

  test('the first attachment that is known tells the kind', () => {
    expect(only(instagramMessage(attached('new', 5, 'video', 'image')))).toMatchObject({
      content: { kind: 'video' },
    });
  });

  test.each([
    ['has neither words nor attachments', { text: undefined }],
    ['has an empty text', { text: '' }],
    ['has a text that is no text', { text: 5 }],
    ['has attachments that are no list', { text: undefined, attachments: {} }],
    ['is marked so', { ...attached('image'), is_unsupported: true }],
  ])('a message that %s is unsupported, so that the person is still answered', (_, part) => {
    expect(only(instagramMessage(part))).toMatchObject({ content: { kind: 'unsupported' } });
  });

  test('an answer to a story, a quick reply and words after an advertisement are the words alone', () => {
    for (const part of [
      { reply_to: { story: { id: '17', url: 'https://cdn.example.com/s' } } },
      { quick_reply: { payload: 'PAYLOAD example' } },
      { referral: { ref: 'example', source: 'ADS', ads_context_data: { ad_title: 'example' } } },
    ]) {
      const event = only(instagramMessage(part));
      expect(event).toMatchObject({ content: { kind: 'text', text: 'Hello' } });
      expect(JSON.stringify(event)).not.toContain('example');
    }
  });

  test('a pressed button says its title', () => {
    const postback = { mid: 'mid.one', title: 'Track order', payload: 'TRACK' };
    expect(only(instagramItem({ postback }))).toMatchObject({
      type: 'message',
      providerId: 'mid.one',
      content: { kind: 'text', text: 'Track order' },
    });
    expect(only(instagramItem({ postback: { mid: 'mid.one' } }))).toMatchObject({
      content: { kind: 'unsupported' },
    });
  });
});
