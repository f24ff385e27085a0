import { parseWhatsAppWebhook } from '../../../lib/meta/whatsapp-webhook.ts';
import { described } from './described.ts';
import {
  AT_DATE,
  PHONE_ID,
  whatsAppEcho,
  whatsAppStatus,
  withEchoes,
  withStatuses,
} from './webhook-bodies.ts';

function read(body: unknown): string[] {
  return described(parseWhatsAppWebhook(body));
}

describe('statuses', () => {
  const statusOf = (part: Record<string, unknown>) =>
    parseWhatsAppWebhook(withStatuses(whatsAppStatus(part))).events[0];

  test('a status carries our own token and the time', () => {
    expect(statusOf({ biz_opaque_callback_data: 'delivery-1' })).toEqual({
      type: 'status',
      person: {
        channel: 'whatsapp',
        account: PHONE_ID,
        identifiers: [{ kind: 'whatsapp phone', value: '+16505551234' }],
      },
      providerId: 'wamid.one',
      token: 'delivery-1',
      status: 'delivered',
      errorCode: null,
      at: AT_DATE,
    });
  });

  test('a token that cannot be ours is dropped, and the status stays', () => {
    for (const token of ['x'.repeat(513), 'a\u0000b', '', 5, {}]) {
      expect(statusOf({ biz_opaque_callback_data: token })).toMatchObject({ token: null });
    }
    expect(statusOf({ biz_opaque_callback_data: 'x'.repeat(512) })).toMatchObject({
      token: 'x'.repeat(512),
    });
  });

  test.each([
    ['the first code', [{ code: 131047, title: 'Re-engagement' }, { code: 131026 }], 131047],
    ['no code when the first error has none', [{ title: 'Failed' }], null],
    ['no code when the code is no whole number', [{ code: '131047' }], null],
    ['no code when there are no errors', undefined, null],
    ['no code when the errors are no list', { code: 131047 }, null],
    ['no code when the first error is no object', [null, { code: 1 }], null],
  ])('a failed status gives %s', (_, errors, errorCode) => {
    expect(statusOf({ status: 'failed', errors })).toMatchObject({ status: 'failed', errorCode });
  });

  test('only a failure has a code', () => {
    expect(statusOf({ status: 'delivered', errors: [{ code: 1 }] })).toMatchObject({
      errorCode: null,
    });
  });

  test('a status without a recipient is kept for its token', () => {
    expect(statusOf({ recipient_id: undefined })).toMatchObject({ person: null });
    expect(statusOf({ recipient_id: { id: 1 } })).toMatchObject({ person: null });
  });

  test('a failed payment is no failed message', () => {
    expect(read(withStatuses(whatsAppStatus({ status: 'failed', type: 'payment' })))).toEqual([
      'ignored payment 1',
    ]);
  });

  test('a status of a group and one that nobody knows are ignored', () => {
    expect(
      read(
        withStatuses(
          whatsAppStatus({ recipient_type: 'group', recipient_id: 'Y2FwaV9ncm91cDox' }),
          whatsAppStatus({ status: '__proto__' }),
          whatsAppStatus({ status: 'deleted' }),
        ),
      ),
    ).toEqual(['ignored group 1', 'ignored other status 2']);
  });

  test('a status without an id or a word is malformed, and one without a time is not', () => {
    expect(
      read(
        withStatuses(
          whatsAppStatus({ id: undefined }),
          whatsAppStatus({ timestamp: 'soon' }),
          whatsAppStatus({ status: 5 }),
        ),
      ),
    ).toEqual(['delivered to phone', 'malformed 2']);
  });
});

describe('echoes of what the business wrote by hand', () => {
  test('an echo names the person it was written to', () => {
    const body = withEchoes(whatsAppEcho({ to_user_id: 'US.1' }));
    expect(parseWhatsAppWebhook(body).events).toEqual([
      {
        type: 'echo',
        person: {
          channel: 'whatsapp',
          account: PHONE_ID,
          identifiers: [
            { kind: 'whatsapp user id', value: 'US.1' },
            { kind: 'whatsapp phone', value: '+16505551234' },
          ],
        },
        providerId: 'wamid.one',
        at: AT_DATE,
        text: 'Hello',
      },
    ]);
  });

  test('an echo of an attachment has no text, not even its caption', () => {
    const echo = whatsAppEcho({ type: 'image', text: undefined, image: { caption: 'A caption' } });
    expect(parseWhatsAppWebhook(withEchoes(echo)).events).toMatchObject([{ text: null }]);
  });

  test('changes of own messages, groups and echoes to nobody make no event', () => {
    expect(
      read(
        withEchoes(
          whatsAppEcho({ type: 'revoke' }),
          whatsAppEcho({ type: 'edit' }),
          whatsAppEcho({ group_id: 'group' }),
          whatsAppEcho({ to: undefined }),
          null,
        ),
      ),
    ).toEqual(['ignored own message changed 2', 'ignored group 1', 'malformed 2']);
  });
});
