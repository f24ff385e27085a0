import { parseInstagramWebhook } from '../../../lib/meta/instagram-webhook.ts';
import { described } from './described.ts';
import {
  AT_DATE,
  IG_ACCOUNT,
  IG_CUSTOMER,
  instagramBody,
  instagramEntry,
  instagramItem,
  instagramMessage,
  type Json,
} from './webhook-bodies.ts';

function read(body: unknown): string[] {
  return described(parseInstagramWebhook(body));
}

const person = {
  channel: 'instagram',
  account: IG_ACCOUNT,
  identifiers: [{ kind: 'instagram user id', value: IG_CUSTOMER }],
};

test('a text message becomes one event with the account, the person, the id, the time and the words', () => {
  expect(parseInstagramWebhook(instagramBody(instagramMessage()))).toEqual({
    events: [
      {
        type: 'message',
        person,
        providerId: 'mid.one',
        at: AT_DATE,
        content: { kind: 'text', text: 'Hello' },
      },
    ],
    ignored: {},
    malformed: 0,
  });
});

describe('what is no Instagram webhook', () => {
  test.each([
    ['null', null],
    ['a text', 'hello'],
    ['an empty object', {}],
    ['a list in a list', [[instagramBody(instagramMessage())]]],
    ['an object whose entries are no list', { object: 'instagram', entry: {} }],
    ['an entry that is no object', { object: 'instagram', entry: ['x'] }],
    ['an entry with nothing in it', instagramEntry({})],
    ['an entry whose items are no list', instagramEntry({ messaging: {} })],
    ['a change that does not name its field', instagramEntry({ changes: [{ value: {} }] })],
  ])('%s is malformed', (_, body) => {
    expect(read(body)).toEqual(['malformed 1']);
  });

  test('Messenger and any other product are ignored', () => {
    const body = instagramBody(instagramMessage());
    expect(read({ ...body, object: 'page' })).toEqual(['ignored messenger 1']);
    expect(read({ ...body, object: 'whatsapp_business_account' })).toEqual([
      'ignored other product 1',
    ]);
    expect(read({ ...body, object: undefined })).toEqual(['text by user id']);
  });
});

describe('the shapes of an entry', () => {
  const expected = ['text by user id'];

  test('an item is read in each of them', () => {
    const item = instagramMessage();
    expect(read(instagramEntry({ messaging: [item] }))).toEqual(expected);
    expect(read(instagramEntry({ changes: [{ field: 'messages', value: item }] }))).toEqual(
      expected,
    );
    expect(read(instagramEntry({ field: 'messages', value: item }))).toEqual(expected);
    expect(read([instagramBody(item), instagramBody(item)])).toEqual([...expected, ...expected]);
  });

  test('all of them in one entry are read', () => {
    const item = instagramMessage();
    const change = { field: 'messages', value: item };
    expect(read(instagramEntry({ messaging: [item], changes: [change], ...change }))).toEqual([
      ...expected,
      ...expected,
      ...expected,
    ]);
  });

  test('the account is the recipient where the entry names none', () => {
    for (const id of [undefined, '0', 5, {}, '']) {
      const { events } = parseInstagramWebhook({
        object: 'instagram',
        entry: [{ id, messaging: [instagramItem({ recipient: { id: '17' }, read: {} })] }],
      });
      expect(events).toMatchObject([{ person: { account: '17' } }]);
    }
  });

  test.each([
    ['comments', 'comment'],
    ['live_comments', 'comment'],
    ['mentions', 'mention'],
    ['story_insights', 'insights'],
    ['a_new_field', 'unknown field'],
    ['__proto__', 'unknown field'],
    ['constructor', 'unknown field'],
  ])('the field %s is counted as %s', (field, word) => {
    const value = { from: { username: 'someone' }, text: 'A comment' };
    expect(parseInstagramWebhook(instagramEntry({ changes: [{ field, value }] }))).toEqual({
      events: [],
      ignored: { [word]: 1 },
      malformed: 0,
    });
  });

  test('the Test button of the dashboard reaches nobody, whichever field it tests', () => {
    const test = (part: Json) =>
      instagramItem({ sender: { id: '12334' }, recipient: { id: '23245' }, ...part });
    const body = {
      object: 'instagram',
      entry: [
        {
          id: '0',
          changes: [
            { field: 'messages', value: test({ message: { mid: 'random_mid', text: 'random' } }) },
            { field: 'messaging_seen', value: test({ read: { mid: 'random_mid' } }) },
            { field: 'messaging_postbacks', value: test({ postback: { title: 'random' } }) },
          ],
        },
      ],
    };
    expect(read(body)).toEqual(['ignored dashboard test 3']);
  });
});

describe('where another app answers', () => {
  const standby = (...items: unknown[]) => read(instagramEntry({ standby: items }));

  test('messages, presses, reactions and handovers are not ours', () => {
    expect(
      standby(
        instagramMessage(),
        instagramItem({ postback: { mid: 'mid.one', title: 'Yes' } }),
        instagramItem({ reaction: { mid: 'mid.one' } }),
        instagramItem({ pass_thread_control: {} }),
      ),
    ).toEqual(['ignored standby 4']);
  });

  test('what a person takes back or edits still changes what we hold', () => {
    expect(
      standby(
        instagramMessage({ is_deleted: true, text: undefined }),
        instagramItem({ message_edit: { mid: 'mid.one', text: 'New', num_edit: 1 } }),
      ),
    ).toEqual(['message unsent by user id', 'message edited by user id']);
  });

  test('the same holds where the field of a change says so', () => {
    expect(
      read(instagramEntry({ changes: [{ field: 'standby', value: instagramMessage() }] })),
    ).toEqual(['ignored standby 1']);
  });
});

test('an unreadable item loses none of its neighbours', () => {
  const good = instagramMessage();
  const bad = [null, 5, {}, { message: {} }, { sender: { id: 17841400000000000 } }];
  expect(read(instagramBody(good, ...bad, good))).toEqual([
    'text by user id',
    'text by user id',
    'malformed 5',
  ]);
});
