import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

import type { SimulatorOptions } from '../../../local/simulator/simulator-routes.ts';
import type { Channel } from '../../../domain/channels.ts';
import { ACCOUNTS, startSimulator } from './running-simulator.ts';
import type { RunningSimulator } from './running-simulator.ts';

export const WIDE = { viewport: { width: 1280, height: 800 } };
export const NARROW = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** The simulator and its page in a browser. */
export interface OpenSimulator {
  simulator: RunningSimulator;
  page: Page;
  station(channel: Channel): Locator;
  shown(channel: Channel, from: 'person' | 'business'): Locator;
  expectCount(channel: Channel, from: 'person' | 'business', count: number): Promise<void>;
  /** Writes and sends on a phone. */
  write(channel: Channel, text: string): Promise<void>;
  /** The id or the text of what has the focus. */
  focused(): Promise<unknown>;
  /** Presses Tab until what has this id or text has the focus. */
  tabTo(target: string): Promise<void>;
  /** What the browser complained of: inline code, a missing file, an error of the script. */
  complaints: string[];
  close(): Promise<void>;
}

export interface OpenOptions extends BrowserContextOptions {
  /** With it, every message is answered as the worker would. */
  answer?: string;
  /** What is behind the phones. */
  parts?: Partial<SimulatorOptions>;
}

/** Opens the page of a simulator of its own. */
export async function openSimulator(
  browser: Browser,
  options: OpenOptions = WIDE,
): Promise<OpenSimulator> {
  const { answer, parts = {}, ...contextOptions } = options;
  const simulator = await startSimulator({ conversationsUrl: 'http://localhost:8233', ...parts });
  if (answer !== undefined) answerWith(simulator, answer);
  const page = await (await browser.newContext(contextOptions)).newPage();
  page.setDefaultTimeout(45_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`${simulator.url}/simulator`);
  await page.locator('.people option').first().waitFor({ state: 'attached' });

  const station = (channel: Channel) => page.locator(`.station[data-channel="${channel}"]`);
  const shown = (channel: Channel, from: 'person' | 'business') =>
    station(channel).locator(`.message[data-from="${from}"]`);
  return {
    simulator,
    page,
    station,
    shown,
    complaints,
    ...keyboard(page),
    async expectCount(channel, from, count) {
      await shown(channel, from)
        .nth(count - 1)
        .waitFor();
      expect(await shown(channel, from).count()).toBe(count);
    },
    async write(channel, text) {
      await page.locator(`#${channel}-text`).fill(text);
      await page.locator(`#${channel}-text`).press('Enter');
    },
    async close() {
      await page.context().close();
      await simulator.close();
    },
  };
}

function keyboard(page: Page): Pick<OpenSimulator, 'focused' | 'tabTo'> {
  const focused = () =>
    page.evaluate('document.activeElement.id || document.activeElement.textContent.trim()');
  return {
    focused,
    async tabTo(target) {
      for (let presses = 0; presses < 90; presses += 1) {
        if ((await focused()) === target) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`the keyboard does not reach ${target}`);
    },
  };
}

function answerWith(simulator: RunningSimulator, text: string): void {
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
