import type { Browser } from 'playwright-core';

import { CHANNELS } from '../../../domain/channels.ts';
import { accessibilityViolations, launchBrowser } from '../../support/browser.ts';
import { NARROW, openSimulator, WIDE } from './open-simulator.ts';
import type { OpenOptions, OpenSimulator } from './open-simulator.ts';

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

test.each(CHANNELS)(
  'a message on %s and its reply are seen, with words for the ticks',
  async (channel) => {
    const { page, station, shown } = await open({
      ...WIDE,
      answer: 'Yes, from 8:00 <b>sharp</b>.',
    });
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
      const { simulator, page, station, shown } = await open({
        ...size,
        colorScheme,
        reducedMotion: 'reduce',
        answer: 'We are open.\n\nSee you there.',
      });
      expect(await accessibilityViolations(page)).toEqual([]);
      for (const channel of CHANNELS) {
        if (size === NARROW) await page.locator(`[data-show="${channel}"]`).click();
        await station(channel)
          .getByRole('button', { name: 'When are you open on Saturday?' })
          .click();
        await shown(channel, 'business').waitFor();
        for (const name of ['React to reply', 'Send a picture', 'Send twice', 'Unsend last']) {
          await station(channel).getByRole('button', { name }).click();
          await station(channel).locator('.result', { hasText: 'Webhook: 200' }).waitFor();
        }
        await station(channel).getByLabel('The next reply').selectOption('answer lost');
        await simulator.webhook(
          (one) => one.channel === channel && one.event?.type === 'message unsent',
        );
        expect(await accessibilityViolations(page)).toEqual([]);
      }
    },
  );

  test('nothing is wider than the window', async () => {
    const { page } = await open(size);
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(size.viewport.width);
  });
});

test('the keyboard alone writes, sends, tries a fault and arms another', async () => {
  const { page, station, shown, expectCount, focused, tabTo } = await open({
    ...WIDE,
    reducedMotion: 'reduce',
    answer: 'We are open.',
  });
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
  await tabTo('whatsapp-next-reply');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await station('whatsapp').locator('.next-reply[data-armed="true"]').waitFor();
  expect(await station('whatsapp').getByLabel('The next reply').inputValue()).toBe('server error');
});

test('the keyboard alone says a word that is always understood, and answers by hand', async () => {
  const { simulator, page, shown, expectCount, focused, tabTo } = await open();
  await tabTo('STOP');
  await page.keyboard.press('Enter');
  await expectCount('instagram', 'person', 1);
  expect(await shown('instagram', 'person').locator('.words').textContent()).toBe('STOP');
  await tabTo('instagram-by-hand');
  await page.keyboard.type('This is a human.');
  await page.keyboard.press('Enter');
  await shown('instagram', 'business').waitFor();
  expect(await shown('instagram', 'business').locator('.caption').textContent()).toBe(
    'written by a human',
  );
  expect(await shown('instagram', 'business').locator('.author').textContent()).toBe(
    'A human at Example Bakery:',
  );
  await simulator.webhook(({ event }) => event?.type === 'echo');
  expect(await page.locator('#instagram-by-hand').inputValue()).toBe('');
  expect(await focused()).toBe('instagram-by-hand');
});

test('the keyboard alone edits the last message, and Escape leaves it as it was', async () => {
  const { simulator, page, shown, focused, tabTo, write } = await open();
  await write('instagram', 'Saturday?');
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
