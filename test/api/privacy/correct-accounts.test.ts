import { eventually } from '../../support/eventually.ts';
import { launchBrowser } from '../../support/browser.ts';
import { createInstallation } from '../../support/installation.ts';
import { createPersons } from '../../support/persons.ts';
import type { TestPerson } from '../../support/persons.ts';
import { privacyDesk } from '../../support/privacy-desk.ts';

const mayfly = await createInstallation({ LLM_RETENTION_DAYS: '0' });
const desk = privacyDesk(mayfly);
const persons = createPersons(mayfly);
const numberOf = (person: TestPerson) => `+${person.identifiers[0]}`;
const strayAt = async (code: string) => (await desk.status(code)).stray_phrase_at;
const actionsOf = async (code: string) => {
  const { received_at: receivedAt } = await desk.status(code);
  const rows = await mayfly.db
    .selectFrom('mayfly.ledger as l')
    .innerJoin('mayfly.requests as r', 'r.id', 'l.request_id')
    .select('l.action')
    .where('r.received_at', '=', new Date(receivedAt))
    .orderBy('l.position')
    .execute();
  return rows.map(({ action }) => action);
};

test('P-D6 a person who mistyped their number reads on the page that the phrase came from elsewhere, corrects it there, without JavaScript, and is erased', async () => {
  const me = persons.on('whatsapp');
  await me.write('hello');
  await me.hears(1);
  const browser = await launchBrowser();
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(mayfly.url('/privacy/deletion'));
  await page.getByLabel('WhatsApp number').fill('+1 555 010 0099');
  await page.getByRole('button', { name: 'Ask for deletion' }).click();
  const code = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const phrase = await page.locator('.phrase').innerText();
  expect(await page.locator('main').innerText()).toContain('+1 555 010 0099');

  await me.write(phrase);
  await me.hears(2);
  expect(me.received().at(-1)?.text).toContain('correct the request on its page');
  await page.reload();
  const told = await page.locator('main').innerText();
  expect(told).toContain('came from an account that the request does not name');
  await page.getByLabel('WhatsApp number with country code').fill('call me');
  await page.getByRole('button', { name: 'Correct' }).click();
  expect(await page.locator('#whatsapp-error').innerText()).toContain('country code');
  await page.getByLabel('WhatsApp number with country code').fill(numberOf(me));
  await page.getByRole('button', { name: 'Correct' }).click();
  expect(new URL(page.url()).pathname).toBe(`/privacy/requests/${code}`);
  expect(await page.locator('.phrase').innerText()).toBe(phrase);
  expect(await page.locator('main').innerText()).not.toContain('does not name');
  expect(await strayAt(code)).toBeNull();
  await browser.close();

  await me.write(phrase);
  const { accounts } = await desk.untilEnded(code, 'finished');
  expect(accounts.map(({ channel, state }) => ({ channel, state }))).toEqual([
    { channel: 'whatsapp', state: 'erased' },
  ]);
  expect(await actionsOf(code)).toEqual([
    'request received',
    'phrase refused',
    'accounts corrected',
    'identity verified',
    'erased',
    'key destroyed',
    'rescan',
    'certificate issued',
    'request ended',
  ]);
});

const correct = (code: string, body: unknown, headers: Record<string, string> = {}) =>
  desk.postJson(`/privacy/requests/${code}/accounts`, body, headers);

test('P-D6 what is confirmed cannot be corrected, what is not can be, and nothing can be once the request is over', async () => {
  const me = persons.on('whatsapp');
  await me.write('hello');
  const { code, verification } = await desk.ask({ whatsapp: numberOf(me), instagram: 'example' });
  expect((await correct(code, {})).status).toBe(422);
  expect((await correct(code, { instagram: '...' })).status).toBe(422);
  expect(
    (await correct(code, { instagram: 'a.name' }, { origin: 'https://example.com' })).status,
  ).toBe(403);
  await me.write(verification.phrase);
  await eventually(async () => {
    const { accounts } = await desk.status(code);
    expect(accounts.map(({ state }) => state)).toEqual(['waiting', 'erased']);
  });
  expect((await correct(code, { whatsapp: '+15550100098' })).status).toBe(409);
  expect((await correct(code, { instagram: 'another.example' })).status).toBe(200);
  const there = persons.on('instagram');
  await there.write(verification.phrase);
  const { accounts } = await desk.untilEnded(code, 'finished');
  expect(accounts.map(({ state }) => state)).toEqual(['erased', 'erased']);
  expect((await correct(code, { instagram: 'example' })).status).toBe(409);
});

test('P-D6 a correction can move the request to the other channel, and is possible ten times', async () => {
  const { code } = await desk.ask({ whatsapp: '+15550100097' });
  for (let n = 0; n < 10; n += 1) {
    const body = n % 2 === 0 ? { instagram: 'example' } : { whatsapp: '+15550100096' };
    expect((await correct(code, body)).status).toBe(200);
    const { accounts } = await desk.status(code);
    expect(accounts.map(({ channel }) => channel)).toEqual(Object.keys(body));
  }
  expect((await correct(code, { instagram: 'example' })).status).toBe(409);
});

test('P-D6 a request that was made in a chat is about that chat, and is not corrected to be about another', async () => {
  const me = persons.on('whatsapp');
  await me.write('delete my data');
  const [offer = ''] = await me.hears(1);
  const code = /requests\/([0-9A-Z]{26})/.exec(offer)?.[1] ?? '';
  expect((await correct(code, { whatsapp: '+15550100095' })).status).toBe(409);
  expect(await desk.page(code)).not.toContain('Correct which accounts I mean');
});

test('P-D6 a phrase that comes when the request is over is answered so, deletes nothing, and is on record', async () => {
  const [me, late] = [persons.on('whatsapp'), persons.on('whatsapp')];
  await late.write('hello');
  await late.hears(1);
  const subjectId = await late.subjectId();
  const { code, verification } = await desk.ask({ whatsapp: numberOf(me) });
  await me.write(verification.phrase);
  await desk.untilEnded(code, 'finished');
  await late.write(verification.phrase);
  await late.hears(2);
  expect(late.received().at(-1)?.text).toContain('is over, so this message deletes nothing');
  expect(await late.subjectId()).toBe(subjectId);
  expect((await actionsOf(code)).at(-1)).toBe('phrase refused');
  for (const { turns } of mayfly.model.requests)
    expect(JSON.stringify(turns)).not.toContain(verification.phrase);
});

test('P-D6 who named two accounts and confirmed one reads of each by itself, and nowhere of everything', async () => {
  const me = persons.on('whatsapp');
  await me.write('hello');
  const { code, verification } = await desk.ask({ whatsapp: numberOf(me), instagram: 'example' });
  await me.write(verification.phrase);
  await eventually(async () => {
    const page = (await desk.page(code)).replaceAll(/\s+/g, ' ');
    expect(page).toContain('Deleted for one account, waiting for another');
    expect(page).toMatch(/WhatsApp number [^<]*<\/dt> <dd>deleted/);
    expect(page).toMatch(/Instagram account @example<\/dt> <dd>waiting for the phrase/);
    expect(page).not.toMatch(/everything/i);
  });
});
