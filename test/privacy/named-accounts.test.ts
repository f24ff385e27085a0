import { eventually } from '../support/eventually.ts';
import { ACCOUNTS, createInstallation } from '../support/installation.ts';
import { privacyDesk } from '../support/privacy-desk.ts';
import { staffDesk, staffIssuer } from '../support/staff-desk.ts';

const identity = await staffIssuer();
const mayfly = await createInstallation({ ...identity.settings, LLM_RETENTION_DAYS: '0' });
const { as } = staffDesk(mayfly, identity);
const { postJson, postForm, ask, untilEnded, untilState } = privacyDesk(mayfly);
const [first, second] = [as('first', 'privacy'), as('second', 'privacy')];

/** What WhatsApp calls somebody, and the number that they and staff write. */
const MEXICO = { whatsApp: '5215512340001', dialled: '+52 55 1234 0001' };
const BRAZIL = { whatsApp: '558899120001', dialled: '+55 88 9 9912-0001' };
const ARGENTINA = { whatsApp: '5491123450001', dialled: '+54 11 15 2345-0001' };
const BENIN = { whatsApp: '22997120001', dialled: '+229 01 97 12 00 01' };
const IVORY_COAST = { whatsApp: '22545120001', dialled: '00225 05 45 12 00 01' };

const write = async (from: string, text: string) => {
  const fields = { from, phoneNumberId: ACCOUNTS.whatsapp, text };
  expect((await mayfly.post('whatsapp', mayfly.webhooks.whatsAppTextWebhook(fields))).status).toBe(
    200,
  );
};
const subjects = async () =>
  (await mayfly.db.selectFrom('mayfly.subjects').select('id').execute()).map(({ id }) => id);
/** The one who has come since. */
const newSince = async (before: readonly string[]) => {
  const [id, ...others] = (await subjects()).filter((one) => !before.includes(one));
  expect(others).toEqual([]);
  return id;
};

test.each([
  ['Mexico', MEXICO],
  ['Brazil', BRAZIL],
  ['Argentina', ARGENTINA],
  ['Benin', BENIN],
  ["Côte d'Ivoire", IVORY_COAST],
])(
  'P-D2 P-D6 somebody in %s whom staff verify by the number that is dialled is erased, though WhatsApp writes another one',
  async (_country, { whatsApp, dialled }) => {
    const before = await subjects();
    await write(whatsApp, 'hello');
    const subject = await newSince(before);
    const opened = await first.post('requests', { whatsapp: dialled });
    expect(opened.status).toBe(202);
    const { id, code } = opened.body as { id: string; code: string };
    await untilState(code, 'confirm it is you');
    const verify = { reason: 'called back on the number' };
    expect((await first.post(`requests/${id}/verify`, verify)).status).toBe(202);
    expect((await second.post(`requests/${id}/verify`, verify)).status).toBe(200);
    await untilEnded(code, 'finished');
    expect(await subjects()).not.toContain(subject);
  },
);

test("P-M1 an echo of a human's answer to a number in its other spelling silences the assistant", async () => {
  const before = await subjects();
  await write('5215512340009', 'hello');
  const subject = await newSince(before);
  const echo = mayfly.webhooks.echoWebhook({
    channel: 'whatsapp',
    account: ACCOUNTS.whatsapp,
    to: '+525512340009',
    text: 'A colleague here.',
    providerId: 'wamid.echo-in-another-spelling',
    token: null,
    at: new Date(),
  });
  expect((await mayfly.post('whatsapp', echo)).status).toBe(200);
  await eventually(async () => {
    const { human_until: until } = await mayfly.db
      .selectFrom('mayfly.subjects')
      .select('human_until')
      .where('id', '=', String(subject))
      .executeTakeFirstOrThrow();
    expect(until).not.toBeNull();
  });
  expect(await newSince(before)).toBe(subject);
});

test('P-D6 a number under which nobody is known is said to staff before it is said to the person', async () => {
  const opened = await first.post('requests', { whatsapp: '+1 555 010 7050' });
  const { id, code } = opened.body as { id: string; code: string };
  await untilState(code, 'confirm it is you');
  const verify = { reason: 'called back on the number' };
  const unsure = await first.post(`requests/${id}/verify`, verify);
  expect([unsure.status, unsure.body['detail']]).toEqual([
    409,
    expect.stringContaining('in this spelling'),
  ]);
  const absent = { ...verify, absent: ['whatsapp'] };
  expect((await first.post(`requests/${id}/verify`, absent)).status).toBe(202);
  expect((await second.post(`requests/${id}/verify`, absent)).status).toBe(200);
  await untilEnded(code, 'nothing found');
});

test('P-D1 what was understood is said back, to a program and on the page', async () => {
  const named = {
    right: 'erasure',
    instagram: 'https://www.instagram.com/My.Own_Name/?igsh=MTIz',
    whatsapp: '0049 (0)151 12345678',
  };
  const response = await postJson('/privacy/requests', named);
  expect([response.status, await response.json()]).toEqual([
    202,
    expect.objectContaining({
      understood: { instagram: 'my.own_name', whatsapp: '+4915112345678' },
    }),
  ]);
  const sentOn = await postForm('/privacy/requests', named, { accept: 'text/html' });
  expect(sentOn.status).toBe(303);
  const shown = await fetch(mayfly.url(sentOn.headers.get('location') ?? ''), {
    headers: { accept: 'text/html' },
  });
  const page = await shown.text();
  expect(page).toContain('@my.own_name');
  expect(page).toContain('+49 1511 2345678');
});

test('P-D1 the letter with a line for the username names both accounts, and staff read what was understood', async () => {
  const letter =
    'Subject: Data Deletion Request\n\nPlease delete my data.\nInstagram username: my.own_name\nWhatsApp number with country code: +49 151 12345678\n';
  const { status, body } = await first.post('requests', { letter });
  expect(status).toBe(202);
  const understood = { instagram: 'my.own_name', whatsapp: '+4915112345678' };
  expect(body['understood']).toEqual(understood);
  const { body: contact } = await first.get(`requests/${String(body['id'])}/contact`);
  expect(contact).toMatchObject(understood);
});

test.each([
  [
    'a line that is not read',
    'Instagram: my name\nWhatsApp: +15550100000',
    'line that is not read',
  ],
  ['a placeholder', 'Instagram: @my_instagram_handle\n+15550100000', 'placeholder'],
  ['a number without its country', 'Instagram: @me.too\nWhatsApp: 0170 1234567', 'country code'],
])('P-D1 a letter with %s opens no request for the rest of it', async (_case, letter, detail) => {
  const { status, body } = await first.post('requests', { letter });
  expect([status, body['detail']]).toEqual([422, expect.stringContaining(detail)]);
});

test.each([
  ['whatsapp', '0151 12345678', 'country code is missing'],
  ['whatsapp', '8 912 345 67 89', 'country code is missing'],
  ['whatsapp', '12345', 'country code is missing'],
  ['whatsapp', '+1 201 555 0123 ext. 5', 'extension'],
  ['whatsapp', '+1 650 555 123', 'digit is missing'],
  ['instagram', '...', 'Instagram handle'],
  ['instagram', 'a..b', 'Instagram handle'],
  ['instagram', '@my_instagram_handle', 'your own handle'],
])(
  'P-D1 %s as %s is not guessed: the answer names the field and what is needed',
  async (field, text, needed) => {
    const response = await postJson('/privacy/requests', { right: 'erasure', [field]: text });
    expect(response.status).toBe(422);
    const { errors } = (await response.json()) as { errors: { field: string; detail: string }[] };
    expect(errors).toEqual([{ field, detail: expect.stringContaining(needed) as string }]);
  },
);

test('P-D1 a phrase from the number as WhatsApp writes it confirms a request for the number as it is dialled', async () => {
  const before = await subjects();
  await write('5215512340077', 'hello');
  const subject = await newSince(before);
  const { code, verification } = await ask({ whatsapp: '+52 55 1234 0077' });
  await write('5215512340077', verification.phrase);
  await untilEnded(code, 'finished');
  expect(await subjects()).not.toContain(subject);
});
