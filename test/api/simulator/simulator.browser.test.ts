import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

import { CHANNELS } from '../../../domain/channels.ts';
import type { Channel } from '../../../domain/channels.ts';
import { accessibilityViolations, launchBrowser } from '../../support/browser.ts';
import { ACCOUNTS, startSimulator } from './running-simulator.ts';
import type { RunningSimulator } from './running-simulator.ts';

let browser: Browser;
let simulator: RunningSimulator;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  simulator = await startSimulator({ temporalUiUrl: 'http://localhost:8233' });
  complaints = [];
});
afterEach(async () => {
  await page.context().close();
  await simulator.close();
  // Inline code, a missing file or an error of the script would all be told here.
  expect(complaints).toEqual([]);
});

const WIDE = { viewport: { width: 1280, height: 800 } };
const NARROW = { viewport: { width: 390, height: 844 }, hasTouch: true };

async function open(options: BrowserContextOptions = WIDE): Promise<void> {
  const context = await browser.newContext(options);
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`${simulator.url}/simulator`);
  await page.locator('.people option').first().waitFor({ state: 'attached' });
}

/** Answers every message as the worker would: reads, types, replies. */
function answerWith(text: string): void {
  simulator.onWebhook(async ({ event, channel }) => {
    if (event?.type !== 'message') return;
    const to = event.person.identifiers.at(-1)!.value;
    const bodies =
      channel === 'instagram'
        ? [
            { recipient: { id: to }, sender_action: 'mark_seen' },
            { recipient: { id: to }, message: { text } },
          ]
        : [
            { messaging_product: 'whatsapp', status: 'read', message_id: event.providerId },
            { messaging_product: 'whatsapp', to, type: 'text', text: { body: text } },
          ];
    for (const body of bodies) await simulator.graph(ACCOUNTS[channel], body);
  });
}

const station = (channel: Channel) => page.locator(`.station[data-channel="${channel}"]`);
const shown = (channel: Channel, from: 'person' | 'business') =>
  station(channel).locator(`.message[data-from="${from}"]`);
const focused = () =>
  page.evaluate('document.activeElement.id || document.activeElement.textContent.trim()');

/** Presses Tab until the element with this id or text has the focus. */
async function tabTo(target: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await focused()) === target) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${target}`);
}

test.each(CHANNELS)(
  'a message on %s and its reply are seen, with words for the ticks',
  async (channel) => {
    answerWith('Yes, from 8:00 <b>sharp</b>.');
    await open();
    await station(channel)
      .getByLabel(/^Message on/)
      .fill('Open on Saturday?');
    await station(channel)
      .getByRole('button', { name: /^Send on/ })
      .click();
    await shown(channel, 'business').waitFor();
    expect(await shown(channel, 'business').locator('.words').textContent()).toBe(
      'Yes, from 8:00 <b>sharp</b>.',
    );
    const own = shown(channel, 'person');
    expect(await own.locator('.words').textContent()).toBe('Open on Saturday?');
    await own.and(page.locator('[data-state="read"]')).waitFor();
    expect(await own.locator('.state-words').textContent()).toBe(
      channel === 'instagram' ? 'Seen' : 'Read',
    );
    expect(await own.locator('.caption').textContent()).toMatch(/^webhook 200 · \d+ ms$/);
    expect(await shown(channel === 'instagram' ? 'whatsapp' : 'instagram', 'person').count()).toBe(
      0,
    );
  },
);

describe.each([
  ['1280 pixels', WIDE],
  ['390 pixels', NARROW],
])('at %s', (_width, size) => {
  test.each(['light', 'dark'] as const)(
    'axe finds nothing in %s, neither before nor after a talk',
    async (colorScheme) => {
      answerWith('We are open.\n\nSee you there.');
      await open({ ...size, colorScheme, reducedMotion: 'reduce' });
      expect(await accessibilityViolations(page)).toEqual([]);
      for (const channel of CHANNELS) {
        if (size === NARROW)
          await page
            .getByRole('button', { name: /Instagram|WhatsApp/ })
            .and(page.locator(`[data-show="${channel}"]`))
            .click();
        await station(channel)
          .getByRole('button', { name: 'When are you open on Saturday?' })
          .click();
        await shown(channel, 'business').waitFor();
        for (const name of ['React to reply', 'Send a picture', 'Send twice', 'Unsend last']) {
          await station(channel).getByRole('button', { name }).click();
          await station(channel).locator('.result', { hasText: 'Webhook: 200' }).waitFor();
        }
        await station(channel).getByLabel('arrives, but its answer is lost').check();
        await simulator.webhook(
          (one) => one.channel === channel && one.event?.type === 'message unsent',
        );
        expect(await accessibilityViolations(page)).toEqual([]);
      }
    },
  );

  test('nothing is wider than the window', async () => {
    await open(size);
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(size.viewport.width);
  });
});

test('the keyboard alone writes, sends, tries a fault and arms another', async () => {
  answerWith('We are open.');
  await open({ ...WIDE, reducedMotion: 'reduce' });
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('Skip to the phones');
  await page.keyboard.press('Enter');
  await tabTo('whatsapp-text');
  await page.keyboard.type('Two');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('lines');
  await page.keyboard.press('Enter');
  await shown('whatsapp', 'business').waitFor();
  expect(await shown('whatsapp', 'person').locator('.words').textContent()).toBe('Two\nlines');
  expect(await page.locator('#whatsapp-text').inputValue()).toBe('');

  await tabTo('Send a burst');
  await page.keyboard.press('Space');
  await expectCount('whatsapp', 'person', 5);
  await tabTo('Unsend last');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await station('whatsapp').locator('.next-reply[data-armed="true"]').waitFor();
  expect(await station('whatsapp').getByLabel('gets a 500, does not arrive').isChecked()).toBe(
    true,
  );
});

async function expectCount(
  channel: Channel,
  from: 'person' | 'business',
  count: number,
): Promise<void> {
  await shown(channel, from)
    .nth(count - 1)
    .waitFor();
  expect(await shown(channel, from).count()).toBe(count);
}

test('the keyboard alone edits the last message, and Escape leaves it as it was', async () => {
  await open();
  await page.locator('#instagram-text').fill('Saturday?');
  await page.keyboard.press('Enter');
  await shown('instagram', 'person').and(page.locator('[data-state="delivered"]')).waitFor();
  await tabTo('Edit last');
  await page.keyboard.press('Enter');
  expect(await focused()).toBe('instagram-text');
  await page.keyboard.press('Escape');
  expect(await page.locator('#instagram-text').inputValue()).toBe('');
  await tabTo('Edit last');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Sunday?');
  await page.keyboard.press('Enter');
  await simulator.webhook(({ event }) => event?.type === 'message edited');
  await shown('instagram', 'person').locator('.words', { hasText: 'Sunday?' }).waitFor();
  expect(await shown('instagram', 'person').locator('.edited').isVisible()).toBe(true);
});

test('each message is added to a polite live region once, and ticks change it in place', async () => {
  await open();
  const log = station('whatsapp').getByRole('log');
  expect(await log.getAttribute('aria-live')).toBe('polite');
  await page.evaluate(`
    window.added = 0;
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) if (node.nodeType === 1) window.added += 1;
    }).observe(document.querySelector('[data-channel="whatsapp"] .chat'), { childList: true, subtree: true });
  `);
  await page.locator('#whatsapp-text').fill('Hello');
  await page.keyboard.press('Enter');
  await shown('whatsapp', 'person').and(page.locator('[data-state="delivered"]')).waitFor();
  expect(await page.evaluate('window.added')).toBe(1);
});

test('a message that arrives late is put where its time belongs', async () => {
  await open();
  await station('instagram').getByRole('button', { name: 'Out of order' }).click();
  await expectCount('instagram', 'person', 2);
  await station('instagram').locator('.result', { hasText: 'Webhook' }).waitFor();
  const words = await shown('instagram', 'person').locator('.words').allTextContents();
  expect(words).toEqual(['One more question.', 'Do you deliver on Sundays?']);
});

test('a new person starts with an empty phone, and a reply to the other one is announced', async () => {
  await open();
  await page.locator('#whatsapp-text').fill('Hello');
  await page.keyboard.press('Enter');
  await expectCount('whatsapp', 'person', 1);
  await station('whatsapp').getByRole('button', { name: 'New person' }).click();
  await expectOptions(2);
  expect(await shown('whatsapp', 'person').count()).toBe(0);
  expect(await station('whatsapp').locator('.suggestions').isVisible()).toBe(true);
  const body = {
    messaging_product: 'whatsapp',
    to: '15550100123',
    type: 'text',
    text: { body: 'Hi!' },
  };
  await simulator.graph(ACCOUNTS.whatsapp, body);
  await page
    .locator('#whatsapp-person option', { hasText: '(new)' })
    .waitFor({ state: 'attached' });
  await page.locator('#whatsapp-person').selectOption({ index: 0 });
  await expectCount('whatsapp', 'business', 1);
  expect(await page.locator('#whatsapp-person option', { hasText: '(new)' }).count()).toBe(0);
});

async function expectOptions(count: number): Promise<void> {
  const options = page.locator('#whatsapp-person option');
  await options.nth(count - 1).waitFor({ state: 'attached' });
  expect(await options.count()).toBe(count);
}

test('typing is shown and said while the business types', async () => {
  await open();
  await page.locator('#instagram-text').fill('Hello');
  await page.keyboard.press('Enter');
  const type = { recipient: { id: '90000000000000123' }, sender_action: 'typing_on' };
  await simulator.graph(ACCOUNTS.instagram, type);
  await station('instagram')
    .getByRole('status')
    .getByText('Example Bakery is typing')
    .waitFor({ state: 'attached' });
  expect(await station('instagram').locator('.dots').isVisible()).toBe(true);
  await simulator.graph(ACCOUNTS.instagram, { ...type, sender_action: 'typing_off' });
  await station('instagram').locator('.dots').waitFor({ state: 'hidden' });
});

test('on a narrow window one phone shows at a time, and the other says when something came', async () => {
  await open(NARROW);
  expect(await station('instagram').isVisible()).toBe(true);
  expect(await station('whatsapp').isVisible()).toBe(false);
  const body = {
    messaging_product: 'whatsapp',
    to: '15550100123',
    type: 'text',
    text: { body: 'Hi!' },
  };
  await simulator.graph(ACCOUNTS.whatsapp, body);
  await page.getByRole('button', { name: 'WhatsApp (new)' }).click();
  expect(await station('whatsapp').isVisible()).toBe(true);
  expect(await station('instagram').isVisible()).toBe(false);
  expect(
    await page.getByRole('button', { name: 'WhatsApp', exact: true }).getAttribute('aria-pressed'),
  ).toBe('true');
});

test('after a reload the phones still show what was said', async () => {
  await open();
  await page.locator('#whatsapp-text').fill('Still here?');
  await page.keyboard.press('Enter');
  await expectCount('whatsapp', 'person', 1);
  await page.reload();
  await expectCount('whatsapp', 'person', 1);
  expect(await shown('whatsapp', 'person').locator('.words').textContent()).toBe('Still here?');
});

test('nothing moves for those who asked for less motion', async () => {
  answerWith('Hello');
  await open({ ...WIDE, reducedMotion: 'reduce' });
  await page.locator('#whatsapp-text').fill('Hello');
  await page.keyboard.press('Enter');
  await expectCount('whatsapp', 'business', 1);
  expect(await page.evaluate('document.getAnimations().length')).toBe(0);
});

test('a server that is gone is said, and what was written is given back', async () => {
  await open();
  await page.locator('#whatsapp-text').fill('Anybody?');
  await simulator.close();
  await page.getByText('The server cannot be reached. Trying again').waitFor();
  await page.locator('#whatsapp-text').press('Enter');
  await station('whatsapp').getByText('The server cannot be reached.').waitFor();
  expect(await page.locator('#whatsapp-text').inputValue()).toBe('Anybody?');
  // The browser itself reports each refused connection, as it should here.
  expect(complaints.every((line) => line.includes('ERR_'))).toBe(true);
  complaints = [];
});
