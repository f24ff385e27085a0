import type { Channel } from '../../../domain/channels.ts';
import { MESSAGES } from '../../../domain/messages.ts';
import { PLEAS } from '../../../domain/pleas.ts';
import { eventually } from '../../support/eventually.ts';
import { createInstallation } from '../../support/installation.ts';
import { createPersons, discloses, personsWords } from '../../support/persons.ts';

const mayfly = await createInstallation();
const persons = createPersons(mayfly);
const plea = PLEAS.en;

beforeEach(() => {
  mayfly.model.requests.length = 0;
  mayfly.model.usually((request) => ({ reply: `You said: ${personsWords(request).join(' + ')}` }));
});

/** An attachment as Instagram sends it, with an address that nobody may keep. */
const attached = (type: string) => ({
  message: { attachments: [{ type, payload: { url: 'https://cdn.example.com/private' } }] },
});
const media = { mime_type: 'x/y', sha256: 'x', id: '123', caption: 'a private caption' };

test.each<[Channel, string, object, string]>([
  ['whatsapp', 'a picture', { type: 'image', image: media }, plea.image],
  ['whatsapp', 'a video', { type: 'video', video: media }, plea.video],
  ['whatsapp', 'a voice message', { type: 'audio', audio: { ...media, voice: true } }, plea.audio],
  ['whatsapp', 'a file', { type: 'document', document: media }, plea.document],
  [
    'whatsapp',
    'a place',
    { type: 'location', location: { latitude: 38.7, longitude: -9.1, name: 'home' } },
    plea.location,
  ],
  [
    'whatsapp',
    'a contact card',
    {
      type: 'contacts',
      contacts: [{ name: { formatted_name: 'A Friend' }, phones: [{ phone: '+15550109998' }] }],
    },
    plea['contact card'],
  ],
  [
    'whatsapp',
    'an order',
    { type: 'order', order: { catalog_id: '1', text: 'private', product_items: [] } },
    plea.order,
  ],
  [
    'whatsapp',
    'a form',
    {
      type: 'interactive',
      interactive: {
        type: 'nfm_reply',
        nfm_reply: { response_json: '{"private":1}', body: 'Sent', name: 'flow' },
      },
    },
    plea.form,
  ],
  [
    'whatsapp',
    'something that Meta does not show',
    { type: 'unsupported', errors: [{ code: 131051 }] },
    plea.unsupported,
  ],
  ['instagram', 'a picture', attached('image'), plea.image],
  ['instagram', 'a voice message', attached('audio'), plea.audio],
  ['instagram', 'a shared post', attached('ig_post'), plea.share],
  ['instagram', 'a shared reel', attached('ig_reel'), plea.share],
  ['instagram', 'a file', attached('file'), plea.document],
  [
    'instagram',
    'something that Meta does not show',
    { message: { is_unsupported: true } },
    plea.unsupported,
  ],
])(
  'on %s, %s is kept as its kind alone and answered with what would help',
  async (channel, _what, item, answer) => {
    const person = persons.on(channel);
    await person.send(item);
    expect(await person.hears(1)).toEqual([answer]);
    expect(discloses(person.received()[0]?.text ?? '')).toBe(true);
    expect(mayfly.model.requests).toEqual([]);
    expect(await person.stored()).toEqual([
      { kind: expect.stringMatching(/^[a-z ]+$/), text: null, hasProviderId: true },
    ]);
  },
);

test.each<[Channel, string, object]>([
  ['whatsapp', 'a sticker', { type: 'sticker', sticker: media }],
  [
    'whatsapp',
    'a reaction',
    { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } },
  ],
  [
    'whatsapp',
    'the removal of a reaction',
    { type: 'reaction', reaction: { message_id: 'wamid.x' } },
  ],
  ['instagram', 'a heart', { message: { attachments: [{ type: 'like_heart' }] } }],
  ['instagram', 'a sticker', attached('sticker')],
  ['instagram', 'a mention in a story', attached('story_mention')],
  [
    'instagram',
    'a reaction',
    { reaction: { mid: 'm', action: 'react', reaction: 'love', emoji: '❤' } },
  ],
  ['instagram', 'a referral', { referral: { ref: 'private', source: 'ADS', type: 'OPEN_THREAD' } }],
])(
  'on %s, %s gets no answer, and what is said next is answered alone',
  async (channel, _what, item) => {
    const person = persons.on(channel);
    await person.send(item);
    await person.write('now in words');
    expect(await person.hears(1)).toEqual(['You said: now in words']);
    await person.settled();
    expect(person.received()).toHaveLength(1);
    expect(mayfly.model.requests).toHaveLength(1);
  },
);

test.each<[Channel, string, object, string]>([
  [
    'whatsapp',
    'a pressed button',
    { type: 'button', button: { text: 'Opening hours', payload: 'private payload' } },
    'Opening hours',
  ],
  [
    'whatsapp',
    'a chosen reply button',
    {
      type: 'interactive',
      interactive: { type: 'button_reply', button_reply: { id: 'private', title: 'Yes, please' } },
    },
    'Yes, please',
  ],
  [
    'whatsapp',
    'a chosen list item',
    {
      type: 'interactive',
      interactive: {
        type: 'list_reply',
        list_reply: { id: 'private', title: 'Cakes', description: 'private' },
      },
    },
    'Cakes',
  ],
  [
    'instagram',
    'a quick reply',
    { message: { text: 'Yes', quick_reply: { payload: 'private' } } },
    'Yes',
  ],
  [
    'instagram',
    'a pressed button',
    { postback: { title: 'Track my order', payload: 'private' } },
    'Track my order',
  ],
  [
    'instagram',
    'a reply to a story',
    {
      message: {
        text: 'Is this available?',
        reply_to: { story: { url: 'https://cdn.example.com/private', id: '1' } },
      },
    },
    'Is this available?',
  ],
  [
    'instagram',
    'a reply to a message',
    { message: { text: 'This one', reply_to: { mid: 'm' } } },
    'This one',
  ],
  [
    'instagram',
    'words with a picture',
    { message: { text: 'Like this', ...attached('image').message } },
    'Like this',
  ],
])('on %s, %s is what the person says', async (channel, _what, item, words) => {
  const person = persons.on(channel);
  await person.send(item);
  expect(await person.hears(1)).toEqual([`You said: ${words}`]);
  expect(await person.stored()).toEqual([{ kind: 'text', text: words, hasProviderId: true }]);
});

test('a button whose title is a command is that command', async () => {
  const person = persons.on('instagram');
  await person.send({ postback: { title: 'Stop', payload: 'x' } });
  expect(await person.hears(1)).toEqual([
    MESSAGES.en.stopped({ companyName: '', contactEmail: '' }),
  ]);
});

test('two things that cannot be read, sent together, get one answer to both', async () => {
  const person = persons.on('whatsapp');
  const contacts = [{ wa_id: '15550609999', profile: { name: 'x' } }];
  const both = ['image', 'audio'].map((type, n) => ({
    from: '15550609999',
    id: `wamid.both-${n}`,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type,
    [type]: media,
  }));
  const metadata = {
    display_phone_number: '15550100000',
    phone_number_id: person.reference.account,
  };
  await person.post({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '1',
        changes: [
          {
            field: 'messages',
            value: { messaging_product: 'whatsapp', metadata, contacts, messages: both },
          },
        ],
      },
    ],
  });
  const newest = mayfly.db
    .selectFrom('mayfly.messages')
    .select('reply_id')
    .orderBy('arrival', 'desc');
  const replies = await eventually(async () => {
    const answered = await newest.limit(both.length).execute();
    expect(answered.map(({ reply_id: reply }) => reply)).not.toContain(null);
    return new Set(answered.map(({ reply_id: reply }) => reply));
  });
  expect(replies.size).toBe(1);
  await mayfly.sent(1);
  const texts = mayfly.meta.sent.filter(({ to }) => to === '+15550609999').map(({ text }) => text);
  expect(texts).toHaveLength(1);
  expect(texts[0]).toContain(MESSAGES.en.onlyText({ companyName: '', contactEmail: '' }));
});

test('a picture beside a question is told to the model as what it was', async () => {
  const person = persons.on('whatsapp');
  mayfly.model.plan('hang');
  await person.write('can you make this one?');
  await eventually(() => expect(mayfly.model.requests).toHaveLength(1));
  await person.send({ type: 'image', image: media });
  const [answer] = await person.hears(1);
  expect(answer).toBe('You said: can you make this one? + (image)');
});

test('a plea is not sent to someone who said STOP meanwhile', async () => {
  const person = persons.on('whatsapp');
  const error = { message: 'x', type: 'OAuthException', code: 130429 };
  mayfly.meta.plan({ status: 429, body: { error }, headers: { 'retry-after': '1' } });
  await person.send({ type: 'image', image: media });
  await person.write('STOP');
  const texts = await person.hears(1);
  await person.settled();
  expect(texts).toEqual([MESSAGES.en.stopped({ companyName: '', contactEmail: '' })]);
});
