import type { Browser } from 'playwright-core';

import { launchBrowser } from '../../support/browser.ts';
import { NARROW, openSimulator, WIDE } from './open-simulator.ts';
import type { OpenOptions, OpenSimulator } from './open-simulator.ts';
import { ACCOUNTS } from './running-simulator.ts';

let browser: Browser;
let opened: OpenSimulator;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
afterEach(async () => {
  await opened.close();
  expect(opened.complaints).toEqual([]);
});

async function open(options?: OpenOptions): Promise<OpenSimulator> {
  opened = await openSimulator(browser, options);
  return opened;
}

/** A text of the business's to the first person of WhatsApp. */
const HI = {
  messaging_product: 'whatsapp',
  to: '15550100123',
  type: 'text',
  text: { body: 'Hi!' },
};

test('each message is added to a polite live region once, and ticks change it in place', async () => {
  const { page, station, shown, write } = await open();
  const log = station('whatsapp').getByRole('log');
  expect(await log.getAttribute('aria-live')).toBe('polite');
  await page.evaluate(`
    window.added = 0;
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) if (node.nodeType === 1) window.added += 1;
    }).observe(document.querySelector('[data-channel="whatsapp"] .chat'), { childList: true, subtree: true });
  `);
  await write('whatsapp', 'Hello');
  await shown('whatsapp', 'person').and(page.locator('[data-state="delivered"]')).waitFor();
  expect(await page.evaluate('window.added')).toBe(1);
});

test('a message that arrives late is put where its time belongs', async () => {
  const { station, shown, expectCount } = await open();
  await station('instagram').getByRole('button', { name: 'Out of order' }).click();
  await expectCount('instagram', 'person', 2);
  await station('instagram').locator('.result', { hasText: 'Webhook' }).waitFor();
  const words = await shown('instagram', 'person').locator('.words').allTextContents();
  expect(words).toEqual(['One more question.', 'Do you deliver on Sundays?']);
});

test('a new person starts with an empty phone, and a reply to the other one is announced', async () => {
  const { simulator, page, station, shown, expectCount, write } = await open();
  await write('whatsapp', 'Hello');
  await expectCount('whatsapp', 'person', 1);
  const people = page.locator('#whatsapp-person option');
  const unseen = people.filter({ hasText: '(new)' });
  await station('whatsapp').getByRole('button', { name: 'New person' }).click();
  await station('whatsapp').locator('.suggestions').waitFor();
  expect(await people.count()).toBe(2);
  expect(await shown('whatsapp', 'person').count()).toBe(0);
  await simulator.graph(ACCOUNTS.whatsapp, HI);
  await unseen.waitFor({ state: 'attached' });
  await page.locator('#whatsapp-person').selectOption({ index: 0 });
  await expectCount('whatsapp', 'business', 1);
  expect(await unseen.count()).toBe(0);
});

test('typing is shown while the business types, and not read out: the reply will be', async () => {
  const { simulator, station, write } = await open();
  await write('instagram', 'Hello');
  const type = { recipient: { id: '90000000000000123' }, sender_action: 'typing_on' };
  await simulator.graph(ACCOUNTS.instagram, type);
  await station('instagram').locator('.dots').waitFor();
  expect(await station('instagram').getByRole('status').allInnerTexts()).not.toContainEqual(
    expect.stringContaining('typing'),
  );
  await simulator.graph(ACCOUNTS.instagram, { ...type, sender_action: 'typing_off' });
  await station('instagram').locator('.dots').waitFor({ state: 'hidden' });
});

test('web addresses in a message are links to the web, and nothing else becomes one', async () => {
  const { simulator, station, shown, expectCount } = await open();
  const body =
    'See https://example.com/cakes. Or (http://example.com/a?b=c&d=e)! Not javascript:alert(1), ftp://example.com or <b>x</b>.';
  await simulator.graph(ACCOUNTS.whatsapp, { ...HI, text: { body } });
  await expectCount('whatsapp', 'business', 1);
  expect(await shown('whatsapp', 'business').locator('.words').textContent()).toBe(body);
  const links = station('whatsapp').locator('.words a');
  expect(await links.allTextContents()).toEqual([
    'https://example.com/cakes',
    'http://example.com/a?b=c&d=e',
  ]);
  for (const link of await links.all())
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
});

test('on the wire stands what is about the phone that is shown, and nothing of other people', async () => {
  const { simulator, page, station, write, expectCount } = await open();
  const exchanges = station('whatsapp').locator('.wire-list li');
  await write('whatsapp', 'Hello');
  await exchanges.filter({ hasText: 'message' }).waitFor();
  await station('whatsapp').getByRole('button', { name: 'New person' }).click();
  await station('whatsapp').locator('.suggestions').waitFor();
  expect(await exchanges.count()).toBe(0);
  await simulator.graph(ACCOUNTS.whatsapp, HI);
  await page
    .locator('#whatsapp-person option', { hasText: '(new)' })
    .waitFor({ state: 'attached' });
  expect(await exchanges.count()).toBe(0);
  await page.locator('#whatsapp-person').selectOption({ index: 0 });
  await expectCount('whatsapp', 'business', 1);
  await exchanges.filter({ hasText: 'reply' }).waitFor();
  await exchanges.filter({ hasText: 'status: read' }).waitFor();
});

test('on a narrow window one phone shows at a time, and the other says when something came', async () => {
  const { simulator, page, station } = await open(NARROW);
  expect(await station('instagram').isVisible()).toBe(true);
  expect(await station('whatsapp').isVisible()).toBe(false);
  await simulator.graph(ACCOUNTS.whatsapp, HI);
  await page.getByRole('button', { name: 'WhatsApp (new)' }).click();
  expect(await station('whatsapp').isVisible()).toBe(true);
  expect(await station('instagram').isVisible()).toBe(false);
  expect(
    await page.getByRole('button', { name: 'WhatsApp', exact: true }).getAttribute('aria-pressed'),
  ).toBe('true');
});

test('after a reload the phones still show what was said', async () => {
  const { page, shown, expectCount, write } = await open();
  await write('whatsapp', 'Still here?');
  await expectCount('whatsapp', 'person', 1);
  await page.reload();
  await expectCount('whatsapp', 'person', 1);
  expect(await shown('whatsapp', 'person').locator('.words').textContent()).toBe('Still here?');
});

test('nothing moves for those who asked for less motion', async () => {
  const { page, expectCount, write } = await open({
    ...WIDE,
    reducedMotion: 'reduce',
    answer: 'Hello',
  });
  await write('whatsapp', 'Hello');
  await expectCount('whatsapp', 'business', 1);
  expect(await page.evaluate('document.getAnimations().length')).toBe(0);
});

test('a server that is gone is said, and what was written is given back', async () => {
  const { simulator, page, station, complaints } = await open();
  await page.locator('#whatsapp-text').fill('Anybody?');
  await simulator.close();
  await page.getByText('The server cannot be reached. Trying again').waitFor();
  await page.locator('#whatsapp-text').press('Enter');
  await station('whatsapp').getByText('The server cannot be reached.').waitFor();
  expect(await page.locator('#whatsapp-text').inputValue()).toBe('Anybody?');
  // The browser itself reports each refused connection, as it should here.
  expect(complaints.every((line) => line.includes('ERR_'))).toBe(true);
  complaints.length = 0;
});
