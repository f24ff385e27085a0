import { parseWhatsAppWebhook } from '../../../lib/meta/whatsapp-webhook.ts';
import { described } from './described.ts';
import {
  AT_DATE,
  PHONE_ID,
  whatsAppBody,
  whatsAppMessage,
  whatsAppStatus,
  withMessages,
} from './webhook-bodies.ts';

function read(body: unknown): string[] {
  return described(parseWhatsAppWebhook(body));
}

test('a text message becomes one event with the account, both identifiers, the id, the time and the words', () => {
  const body = withMessages([whatsAppMessage({ from_user_id: 'US.13491208655302741918' })]);
  expect(parseWhatsAppWebhook(body)).toEqual({
    events: [
      {
        type: 'message',
        person: {
          channel: 'whatsapp',
          account: PHONE_ID,
          identifiers: [
            { kind: 'whatsapp user id', value: 'US.13491208655302741918' },
            { kind: 'whatsapp phone', value: '+16505551234' },
          ],
        },
        providerId: 'wamid.one',
        at: AT_DATE,
        content: { kind: 'text', text: 'Hello' },
      },
    ],
    ignored: {},
    malformed: 0,
  });
});

describe('what is no WhatsApp webhook', () => {
  test.each([
    ['null', null],
    ['a text', 'hello'],
    ['a number', 5],
    ['a list', [withMessages([whatsAppMessage()])]],
    ['an empty object', {}],
    ['an object whose entries are no list', { object: 'whatsapp_business_account', entry: {} }],
  ])('%s is malformed', (_, body) => {
    expect(read(body)).toEqual(['malformed 1']);
  });

  test('a webhook of another product is ignored', () => {
    expect(read({ ...withMessages([whatsAppMessage()]), object: 'instagram' })).toEqual([
      'ignored other product 1',
    ]);
  });

  test('a webhook that does not name its product is read', () => {
    expect(read({ ...withMessages([whatsAppMessage()]), object: undefined })).toEqual([
      'text by phone',
    ]);
  });
});

describe('fields', () => {
  test('a field that nobody knows is counted under our own word', () => {
    for (const field of ['new_field', '__proto__', 'constructor', 'toString', '']) {
      expect(parseWhatsAppWebhook(whatsAppBody({}, field)).ignored).toEqual({ 'unknown field': 1 });
    }
    expect(({} as Record<string, unknown>)['unknown field']).toBeUndefined();
  });

  test('a history is refused whole, whatever it holds', () => {
    const history = [{ threads: [{ messages: [whatsAppMessage()] }] }];
    const body = whatsAppBody({ metadata: { phone_number_id: PHONE_ID }, history }, 'history');
    expect(read(body)).toEqual(['ignored history 1']);
  });

  test('the contact book of the business is not read', () => {
    expect(read(whatsAppBody({ state_sync: [] }, 'smb_app_state_sync'))).toEqual([
      'ignored contact book 1',
    ]);
  });

  test('the Test button of the dashboard reaches nobody', () => {
    const value = { metadata: { phone_number_id: '123456123' }, messages: [whatsAppMessage()] };
    const body = {
      object: 'whatsapp_business_account',
      entry: [{ id: '0', changes: [{ field: 'messages', value }] }],
    };
    expect(read(body)).toEqual(['ignored dashboard test 1']);
  });

  test('a change without an account, or with nothing in it, is malformed', () => {
    expect(read(whatsAppBody({ messages: [whatsAppMessage()] }))).toEqual(['malformed 1']);
    expect(read(whatsAppBody({ metadata: { phone_number_id: PHONE_ID } }))).toEqual([
      'malformed 1',
    ]);
  });

  test('errors of the account alone are ignored', () => {
    const value = { metadata: { phone_number_id: PHONE_ID }, errors: [{ code: 130429 }] };
    expect(read(whatsAppBody(value))).toEqual(['ignored errors 1']);
  });

  test('messages that are no list lose no status beside them', () => {
    const value = {
      metadata: { phone_number_id: PHONE_ID },
      messages: {},
      statuses: [whatsAppStatus()],
    };
    expect(read(whatsAppBody(value))).toEqual(['delivered to phone', 'malformed 1']);
  });
});
