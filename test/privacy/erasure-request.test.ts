import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conversationId } from '../../domain/conversation.ts';
import { erasureId } from '../../domain/erasure.ts';
import { requestWorkflowId } from '../../domain/privacy-request.ts';
import { createPayloadCodec } from '../../lib/temporal/payload-codec.ts';
import { launchBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { ACCOUNTS, createInstallation } from '../support/installation.ts';
import { isTemporalsOwn, unknownFields } from '../support/payload-forms.ts';
import { historyText, payloadValues, plainHistory } from '../support/plain-history.ts';
import { privacyDesk } from '../support/privacy-desk.ts';

const RECORDED = join(import.meta.dirname, '..', 'histories');
const mayfly = await createInstallation({ LLM_RETENTION_DAYS: '0' });
const { ask, page, status, untilState, withdraw, postForm } = privacyDesk(mayfly);
const codec = createPayloadCodec(mayfly.ring.secret('payload codec'));

beforeEach(() => {
  mayfly.meta.sent.length = 0;
  mayfly.model.requests.length = 0;
});

let people = 0;

function somebody() {
  people += 1;
  const from = `1555030${String(people).padStart(4, '0')}`;
  const webhook = (text: string, timestamp = new Date()) =>
    mayfly.webhooks.whatsAppTextWebhook({
      from,
      phoneNumberId: ACCOUNTS.whatsapp,
      text,
      timestamp,
    });
  return { from, webhook, write: (text: string) => mayfly.post('whatsapp', webhook(text)) };
}

async function newSubject(known: ReadonlySet<string>): Promise<string> {
  const rows = await mayfly.db.selectFrom('mayfly.subjects').select('id').execute();
  return rows.find(({ id }) => !known.has(id))?.id ?? '';
}

async function knownSubjects(): Promise<Set<string>> {
  const rows = await mayfly.db.selectFrom('mayfly.subjects').select('id').execute();
  return new Set(rows.map(({ id }) => id));
}

/** Rows of a person in each table that can hold any. */
async function heldOf(subjectId: string): Promise<number> {
  const counts = await Promise.all([
    mayfly.db
      .selectFrom('mayfly.messages')
      .select('id')
      .where('subject_id', '=', subjectId)
      .execute(),
    mayfly.db
      .selectFrom('mayfly.deliveries')
      .select('id')
      .where('subject_id', '=', subjectId)
      .execute(),
    mayfly.db
      .selectFrom('mayfly.replies')
      .select('id')
      .where('subject_id', '=', subjectId)
      .execute(),
    mayfly.db
      .selectFrom('mayfly.addresses')
      .select('subject_id')
      .where('subject_id', '=', subjectId)
      .execute(),
    mayfly.db.selectFrom('mayfly.subjects').select('id').where('id', '=', subjectId).execute(),
    mayfly.db
      .selectFrom('keys.identifiers')
      .select('kind')
      .where('subject_id', '=', subjectId)
      .execute(),
    mayfly.db
      .selectFrom('keys.subject_keys')
      .select('bucket')
      .where('subject_id', '=', subjectId)
      .execute(),
  ]);
  return counts.reduce((sum, rows) => sum + rows.length, 0);
}

/** Keeps the histories of a request and of its erasure for the tests that replay them, when asked to. */
async function recordHistories(subjectId: string): Promise<void> {
  if (process.env['RECORD_HISTORIES'] !== '1') return;
  const { id } = await mayfly.db
    .selectFrom('mayfly.requests')
    .select('id')
    .executeTakeFirstOrThrow();
  for (const [name, workflowId] of [
    ['erasure-request', requestWorkflowId(id)],
    ['erasure', erasureId(subjectId)],
  ] as const) {
    await mayfly.privacyClient.workflow.getHandle(workflowId).result();
    writeFileSync(
      join(RECORDED, `${name}.json`),
      historyText(await plainHistory(mayfly.privacyClient, codec, workflowId)),
    );
  }
}

test('a person who asks on the page and confirms in their chat is erased everywhere, told, and gets a certificate', async () => {
  const known = await knownSubjects();
  const me = somebody();
  const bystander = somebody();
  await me.write('hello');
  await bystander.write('hello');
  await mayfly.sent(2);
  const mine = (await mayfly.db.selectFrom('mayfly.subjects').select('id').execute()).filter(
    ({ id }) => !known.has(id),
  );
  const { code, due_at: dueAt, verification } = await ask({ whatsapp: `+${me.from}` });
  expect(new Date(dueAt).getTime() - Date.now()).toBeGreaterThan(71.9 * 3_600_000);
  await untilState(code, 'confirm it is you');

  await me.write(` ${verification.phrase.toLowerCase()} `);
  await untilState(code, 'finished');

  const left = (await mayfly.db.selectFrom('mayfly.subjects').select('id').execute()).map(
    ({ id }) => id,
  );
  const gone = mine.filter(({ id }) => !left.includes(id));
  expect(gone).toHaveLength(1);
  expect(await heldOf(gone[0]?.id ?? '')).toBe(0);
  await eventually(() => expect(mayfly.meta.sent.at(-1)?.text).toContain('has deleted everything'));
  expect(mayfly.meta.sent.at(-1)?.to).toBe(`+${me.from}`);

  const { steps } = await eventually(async () => {
    const found = await status(code);
    expect(found.outcome).toBe('finished');
    return found;
  });
  expect(steps.map(({ name }) => name)).toEqual([
    'received',
    'confirm it is you',
    'working',
    'erased here',
    'finished',
  ]);
  const certificate = await fetch(mayfly.url(`/privacy/requests/${code}/certificate`));
  expect(certificate.status).toBe(200);
  expect((await certificate.text()).split('.')).toHaveLength(3);
  const elsewhere = (await status(code)).expiring_elsewhere;
  expect(elsewhere.map(({ where }) => where)).toContain('guard against late messages');

  await recordHistories(gone[0]?.id ?? '');
  await bystander.write('still here?');
  await eventually(() => expect(mayfly.meta.sent.at(-1)?.text).toContain('still here?'));
});

test("P-D6 the phrase from an account that the request does not name erases nobody, is answered in words, and is told on the request's page", async () => {
  const known = await knownSubjects();
  const victim = somebody();
  await victim.write('hello');
  await mayfly.sent(1);
  const victimId = await newSubject(known);
  const attacker = somebody();
  const { code, verification } = await ask({ whatsapp: `+${victim.from}` });
  await untilState(code, 'confirm it is you');
  const both = await knownSubjects();
  await attacker.write(verification.phrase);
  await eventually(() =>
    expect(mayfly.meta.sent.at(-1)?.text).toContain('a request that does not name this account'),
  );
  const others = (await knownSubjects()).size - both.size;
  expect([others, await heldOf(victimId)]).toEqual([1, expect.any(Number)]);
  const { state, accounts, stray_phrase_at: strayAt } = await status(code);
  expect({ state, accounts: accounts.map((one) => one.state) }).toEqual({
    state: 'confirm it is you',
    accounts: ['waiting'],
  });
  expect(strayAt).not.toBeNull();
  expect((await page(code)).replaceAll(/\s+/g, ' ')).toContain(
    'came from an account that the request does not name',
  );

  await victim.write(verification.phrase);
  await untilState(code, 'finished');
  expect(await heldOf(victimId)).toBe(0);
});

test('"delete my data" in the chat asks for one confirming step, and then everything goes', async () => {
  const known = await knownSubjects();
  const me = somebody();
  await me.write('Delete my data!');
  const [offer] = await mayfly.sent(1);
  const phrase = /DELETE-[0-9A-Z]{8}/.exec(offer ?? '')?.[0] ?? '';
  const code = /requests\/([0-9A-Z]{26})/.exec(offer ?? '')?.[1] ?? '';
  const id = await newSubject(known);
  expect(mayfly.model.requests).toHaveLength(0);
  await me.write(phrase);
  await untilState(code, 'finished');
  expect(await heldOf(id)).toBe(0);
  await expect(mayfly.client.workflow.getHandle(conversationId(id)).describe()).rejects.toThrow();
});

test('a webhook from before the erasure, late or repeated, brings nobody back, and a newer message is a new person', async () => {
  const known = await knownSubjects();
  const me = somebody();
  const before = me.webhook('hello');
  const late = me.webhook('written before, delivered late', new Date(Date.now() - 60_000));
  await mayfly.post('whatsapp', before);
  await mayfly.sent(1);
  const { code, verification } = await ask({ whatsapp: `+${me.from}` });
  await me.write(verification.phrase);
  await untilState(code, 'finished');
  await eventually(() => expect(mayfly.meta.sent.at(-1)?.text).toContain('has deleted everything'));
  const after = await knownSubjects();
  expect((await mayfly.post('whatsapp', before)).status).toBe(200);
  expect((await mayfly.post('whatsapp', late)).status).toBe(200);
  expect(await knownSubjects()).toEqual(after);
  await me.write('hello again');
  await eventually(() => expect(mayfly.meta.sent.at(-1)?.text).toContain('hello again'));
  expect(await newSubject(new Set([...after, ...known]))).not.toBe('');
});

test('P-D4 the echo of our own last words neither brings anybody back nor silences who writes anew', async () => {
  const known = await knownSubjects();
  const id = '200000000909090';
  const write = (text: string) =>
    mayfly.post(
      'instagram',
      mayfly.webhooks.instagramTextWebhook({ from: id, account: ACCOUNTS.instagram, text }),
    );
  await write('hello');
  await mayfly.sent(1);
  const { code, verification } = await ask({ instagram: 'example' });
  await write(verification.phrase);
  await untilState(code, 'finished');
  const lastWords = await eventually(() => {
    const last = mayfly.meta.sent.at(-1);
    expect(last?.text).toContain('has deleted everything');
    if (last === undefined) throw new Error('nothing was sent');
    return last;
  });
  // Once under Meta's id, and once under another: Meta does not promise that an echo has the id of its message.
  const echoes = [lastWords, { ...lastWords, providerId: 'another-id' }].map((sent) =>
    mayfly.webhooks.echoWebhook(sent, { at: new Date(Date.now() + 60_000) }),
  );
  for (const echo of echoes) expect((await mayfly.post('instagram', echo)).status).toBe(200);
  expect(await newSubject(known)).toBe('');
  await write('hello again');
  for (const echo of echoes) expect((await mayfly.post('instagram', echo)).status).toBe(200);
  await eventually(() => expect(mayfly.meta.sent.at(-1)?.text).toContain('hello again'));
  await write('still there?');
  await eventually(() => expect(mayfly.meta.sent.at(-1)?.text).toContain('still there?'));
});

test('a request can be taken back until erasing has begun, and then deletes nothing', async () => {
  const { code, verification } = await ask({ instagram: '@example' });
  expect((await withdraw(code)).status).toBe(200);
  expect((await status(code)).state).toBe('withdrawn');
  await eventually(async () => expect((await status(code)).outcome).toBe('withdrawn'));
  expect((await withdraw(code)).status).toBe(409);
  const me = somebody();
  await me.write(verification.phrase);
  await mayfly.sent(1);
  expect((await status(code)).outcome).toBe('withdrawn');
});

test("a request whose workflow is terminated in Temporal's UI is started again on its original clock", async () => {
  const { code, due_at: dueAt } = await ask({ instagram: 'example' });
  await untilState(code, 'confirm it is you');
  const { id } = await mayfly.db
    .selectFrom('mayfly.requests')
    .select('id')
    .orderBy('received_at', 'desc')
    .executeTakeFirstOrThrow();
  await mayfly.privacyClient.workflow.getHandle(requestWorkflowId(id)).terminate('by hand');
  const options = { taskQueue: 'privacy', workflowId: 'reconcile-now', args: [] };
  const result: unknown = await mayfly.privacyClient.workflow.execute('reconcileRequests', options);
  expect(result).toMatchObject({ restarted: 1 });
  const { status: running } = await mayfly.privacyClient.workflow
    .getHandle(requestWorkflowId(id))
    .describe();
  expect(running.name).toBe('RUNNING');
  expect(
    await (
      await fetch(mayfly.url(`/privacy/requests/${code}`), {
        headers: { accept: 'application/json' },
      })
    ).json(),
  ).toMatchObject({ due_at: dueAt });
});

test.each([
  ['nothing', {}, 'right'],
  ['no account', { right: 'erasure' }, 'instagram'],
  ['an unknown right', { right: 'everything', whatsapp: '+15550100000' }, 'right'],
  ['a number without digits', { right: 'erasure', whatsapp: 'call me' }, 'whatsapp'],
  ['a handle with confusable letters', { right: 'erasure', instagram: 'exаmple' }, 'instagram'],
  [
    'a bad mail address',
    { right: 'erasure', whatsapp: '+15550100000', reply_to: 'me' },
    'reply_to',
  ],
  [
    'an address for a mail, where none is sent',
    { right: 'erasure', whatsapp: '+15550100000', reply_to: 'person@example.org' },
    'reply_to',
  ],
  ['a right that is not offered yet', { right: 'access', whatsapp: '+15550100000' }, 'right'],
])(
  'a request with %s gets 422 with the field at fault, and nothing is stored',
  async (_case, body, field) => {
    const count = async () =>
      (await mayfly.db.selectFrom('mayfly.requests').select('id').execute()).length;
    const before = await count();
    const response = await fetch(mayfly.url('/privacy/requests'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(422);
    const { errors } = (await response.json()) as { errors: { field: string }[] };
    expect(errors.map((error) => error.field)).toContain(field);
    expect(await count()).toBe(before);
  },
);

test('an unknown code and a malformed one are answered alike', async () => {
  const answers = await Promise.all(
    ['0'.repeat(26), 'x', '%00', 'a'.repeat(400)].map(async (code) => {
      const response = await fetch(mayfly.url(`/privacy/requests/${code}`));
      return { status: response.status, body: await response.text() };
    }),
  );
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]?.status).toBe(404);
});

test("a post from another site's page is refused", async () => {
  const response = await fetch(mayfly.url('/privacy/requests'), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: 'https://example.com',
      'sec-fetch-site': 'cross-site',
    },
    body: JSON.stringify({ right: 'erasure', whatsapp: '+15550100000' }),
  });
  expect(response.status).toBe(403);
});

test('without JavaScript, a person corrects their form, gets the phrase, sees where it stands, and takes it back', async () => {
  const browser = await launchBrowser();
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(mayfly.url('/privacy/deletion'));
  await page.getByLabel('WhatsApp number').fill('call me');
  await page.getByRole('button', { name: 'Ask for deletion' }).click();
  expect(await page.getByRole('alert').innerText()).toContain('Nothing was sent yet');
  expect(await page.getByLabel('WhatsApp number').inputValue()).toBe('call me');
  await page.getByLabel('WhatsApp number').fill('+1 (555) 010-0000');
  await page.getByRole('button', { name: 'Ask for deletion' }).click();
  const path = new URL(page.url()).pathname;
  expect(path).toMatch(/^\/privacy\/requests\/[0-9A-Z]{26}$/);
  const shown = /DELETE-[0-9A-Z]{8}/.exec(await page.locator('main').innerText())?.[0] ?? '';
  expect(shown).not.toBe('');
  await page.reload();
  expect(await page.locator('main').innerText()).toContain(shown);
  expect(await page.locator('main').innerText()).toContain(path);
  expect(await page.locator('.state').innerText()).toMatch(/Received|Waiting for you/);
  expect(await page.locator('main').innerText()).toContain('0 of 72 hours have passed');
  await page.getByRole('button', { name: 'Take this request back' }).click();
  expect(new URL(page.url()).pathname).toBe(path);
  expect(await page.locator('.state').innerText()).toBe('Taken back');
  await browser.close();
});

test('a person who takes back too late, or comes with a wrong code, reads a page that leads on', async () => {
  const me = somebody();
  const { code, verification } = await ask({ whatsapp: `+${me.from}` });
  await me.write(verification.phrase);
  await untilState(code, 'finished');
  const late = await withdraw(code, 'text/html');
  const lost = await fetch(mayfly.url(`/privacy/requests/${'0'.repeat(26)}`), {
    headers: { accept: 'text/html' },
  });
  const foreign = await postForm(
    '/privacy/requests',
    { right: 'erasure' },
    { accept: 'text/html', origin: 'https://example.com' },
  );
  for (const [response, number, words] of [
    [late, 409, `href="/privacy/requests/${code}"`],
    [lost, 404, 'href="/privacy/deletion"'],
    [foreign, 403, 'href="/privacy/deletion"'],
  ] as const) {
    expect(response.status).toBe(number);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain(words);
  }
});

/** A fixed word, a time, or the details of a request. */
const PLAIN =
  /^[a-z][a-z ,]{0,40}$|^\d{4}-\d\d-\d\dT[\d:.]+Z$|^\*\*erasure\*\*, [a-z]+\n\n(- [a-z]+: [\w :,.-]+\n?)+$/;

test('whatever Temporal stores of requests and erasures has only fields of the inventory, in their plain forms', async () => {
  const seen = new Set<string>();
  for await (const { workflowId, type } of mayfly.privacyClient.workflow.list()) {
    const values = payloadValues(
      await plainHistory(mayfly.privacyClient, codec, workflowId),
    ).filter((value) => !isTemporalsOwn(value));
    expect({ type, unknown: values.flatMap(unknownFields) }).toEqual({ type, unknown: [] });
    const texts = values.filter((value) => typeof value === 'string');
    expect({ type, texts: texts.filter((text) => !PLAIN.test(text)) }).toEqual({ type, texts: [] });
    if (values.length > 0) seen.add(type);
  }
  expect([...seen]).toEqual(expect.arrayContaining(['erasureRequest', 'erasure']));
});
