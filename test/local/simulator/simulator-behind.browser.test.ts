import type { Browser } from 'playwright-core';

import type { Behind } from '../../../local/simulator/behind.ts';
import type { WorkerState } from '../../../local/simulator/kill-worker.ts';
import { CHANNELS } from '../../../domain/channels.ts';
import type { Channel } from '../../../domain/channels.ts';
import { startStandInModel } from '../../../local/model/stand-in-model.ts';
import type { StandInModel } from '../../../local/model/stand-in-model.ts';
import { accessibilityViolations, launchBrowser } from '../../support/browser.ts';
import { eventually } from '../../support/eventually.ts';
import { behind as held, part, reply } from './behind-cases.ts';
import { NARROW, openSimulator, WIDE } from './open-simulator.ts';
import type { OpenOptions, OpenSimulator } from './open-simulator.ts';
import { ACCOUNTS } from './running-simulator.ts';

let browser: Browser;
let standIn: StandInModel;
let opened: OpenSimulator;
/** What is behind the phones of each channel. */
let behind: Record<Channel, Behind | null>;
let workerState: WorkerState;
let passed: string[];

beforeAll(async () => {
  browser = await launchBrowser();
  standIn = await startStandInModel({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await browser.close();
  await standIn.close();
});
beforeEach(() => {
  behind = { instagram: null, whatsapp: null };
  workerState = 'running';
  passed = [];
});
afterEach(async () => {
  await opened.close();
  expect(opened.complaints).toEqual([]);
});

async function open(options: OpenOptions = WIDE): Promise<OpenSimulator> {
  const parts = {
    behind: ({ channel }: { channel: Channel }) => Promise.resolve(behind[channel]),
    passTime: {
      pass: async ({ channel }: { channel: Channel }) => {
        passed.push(channel);
        return behind[channel] !== null;
      },
      endSession: () => Promise.resolve(),
    },
    worker: {
      state: () => Promise.resolve(workerState),
      kill: () => {
        workerState = 'gone';
        return true;
      },
    },
    modelUrl: standIn.url,
  };
  opened = await openSimulator(browser, { ...options, parts });
  return opened;
}

/** What a browser measures. */
interface Placed {
  offsetTop: number;
}

/** A text of the business's to the first person of WhatsApp. */
const HI = {
  messaging_product: 'whatsapp',
  to: '15550100123',
  type: 'text',
  text: { body: 'Hi!' },
};

const soon = () => new Date();
const writing = () => held({ waiting: 2, wake: { since: soon(), takenAt: soon() } });
const answered = () =>
  held({ replies: [reply([part({ state: 'confirmed', status: 'read', copies: 1 })])] });
const inDoubt = () =>
  held({
    replies: [reply([part({ state: 'ambiguous', problem: 'no answer', maybeSentAt: soon() })])],
  });

test('the way of a message is seen step by step, in words as well as in colour', async () => {
  const { station, write } = await open();
  const steps = station('whatsapp').locator('.steps li');
  behind.whatsapp = writing();
  await write('whatsapp', 'Hello');
  await steps.and(station('whatsapp').locator('[aria-current="step"]')).waitFor();
  expect(await steps.nth(2).innerText()).toMatch(/^model\s+writes(, \d+ s)?\s+: now$/);
  expect(await steps.nth(0).innerText()).toMatch(/^received\s+2 messages\s+: done$/);
  behind.whatsapp = inDoubt();
  await steps.nth(5).getByText('ambiguous').waitFor();
  expect(await steps.nth(5).innerText()).toMatch(/: in doubt$/);
  await station('whatsapp')
    .locator('.said', { hasText: /evidence is waited for/ })
    .waitFor();
  behind.whatsapp = answered();
  await station('whatsapp')
    .locator('.said', { hasText: /confirmed by Meta/ })
    .waitFor();
  expect(await station('whatsapp').locator('[aria-current="step"]').count()).toBe(0);
  const row = station('whatsapp').locator('tbody tr');
  expect((await row.innerText()).split(/\s+/)).toEqual(
    '1 model 1 of 1 confirmed read 1 once'.split(' '),
  );
});

test('only what lasts is read out, and never what was so already when the page was opened', async () => {
  behind.instagram = answered();
  const { page, station, write } = await open();
  await station('instagram')
    .locator('.said', { hasText: /confirmed by Meta/ })
    .waitFor();
  await page.evaluate(`
    window.aloud = [];
    for (const element of document.querySelectorAll('.said-aloud'))
      new MutationObserver(() => window.aloud.push(element.textContent)).observe(element, { childList: true });
  `);
  behind.instagram = writing();
  await write('instagram', 'Hello');
  await station('instagram')
    .locator('.said', { hasText: /is being written/ })
    .waitFor();
  behind.instagram = inDoubt();
  await station('instagram')
    .locator('.said', { hasText: /evidence/ })
    .waitFor();
  await eventually(async () => {
    const aloud = await page.evaluate('window.aloud');
    expect(aloud).toEqual([expect.stringMatching(/evidence is waited for/)]);
  });
});

test('where nothing is in doubt only the messages are read out, each of them once', async () => {
  const { simulator, page, station, write, expectCount } = await open();
  await page.evaluate(`
    window.heard = [];
    for (const region of document.querySelectorAll('[role=status], [role=log], [role=alert], [aria-live]'))
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) for (const node of addedNodes)
          if ((region.role !== 'log' || node.nodeType === 1) && node.textContent.trim() !== '') window.heard.push(region.className);
      }).observe(region, { childList: true, subtree: true });
  `);
  behind.whatsapp = writing();
  await write('whatsapp', 'Hello');
  await station('whatsapp')
    .locator('.said', { hasText: /is being written/ })
    .waitFor();
  await simulator.graph(ACCOUNTS.whatsapp, HI);
  await expectCount('whatsapp', 'business', 1);
  behind.whatsapp = answered();
  await write('whatsapp', 'Thanks');
  await station('whatsapp')
    .locator('.said', { hasText: /confirmed by Meta/ })
    .waitFor();
  behind.whatsapp = inDoubt();
  await write('whatsapp', 'Hello?');
  await eventually(async () => {
    const heard: unknown = await page.evaluate('window.heard');
    expect(heard).toEqual(['chat', 'chat', 'chat', 'chat', 'said-aloud visually-hidden']);
  });
});

test.each([
  ['wide', WIDE],
  ['narrow', NARROW],
])('no button moves under the pointer when a deed ends or is refused (%s)', async (_, size) => {
  const { station, write, complaints } = await open(size);
  const places = () =>
    station('instagram')
      .locator('.panel button, .panel select, .panel input')
      .evaluateAll((all) => all.map((one) => (one as unknown as Placed).offsetTop));
  const before = await places();
  await station('instagram').getByRole('button', { name: 'Unsend last' }).click();
  await station('instagram').locator('.problem', { hasText: 'no message yet' }).waitFor();
  expect(await places()).toEqual(before);
  expect(complaints.splice(0)).toEqual([expect.stringMatching(/409/)]);
  await station('instagram').getByRole('button', { name: 'Send twice' }).click();
  await station('instagram').locator('.result', { hasText: 'Webhook: 200' }).waitFor();
  behind.instagram = answered();
  await write('instagram', 'Hello');
  await station('instagram')
    .locator('.said', { hasText: /confirmed by Meta/ })
    .waitFor();
  expect(await places()).toEqual(before);
});

test('each phone shows what is behind its own person', async () => {
  behind.whatsapp = answered();
  const { station, write } = await open();
  await write('whatsapp', 'Hello');
  await station('whatsapp')
    .locator('.said', { hasText: /confirmed by Meta/ })
    .waitFor();
  expect(await station('instagram').locator('.said').textContent()).toMatch(/^Nothing is held/);
});

test('the keyboard alone kills the worker, and its way back is seen and said', async () => {
  const { page, tabTo } = await open();
  const state = page.locator('.worker-state');
  await page.locator('.worker[data-state="running"]').waitFor();
  await tabTo('Kill the worker now');
  await page.keyboard.press('Enter');
  await state.getByText('gone').waitFor();
  workerState = 'starting';
  await state.getByText('starting again').waitFor();
  workerState = 'running';
  await state.getByText('running').waitFor();
  await page
    .getByRole('status')
    .getByText(/^The worker is back after \d+\.\d s\.$/)
    .waitFor();
  expect(await page.locator('.worker').getAttribute('data-state')).toBe('running');
});

test('the keyboard alone makes the model fail and work again', async () => {
  const { page, focused } = await open();
  await page.getByLabel('as usual').and(page.locator(':checked')).waitFor();
  await page.getByLabel('as usual').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page
    .getByRole('status')
    .getByText(/^The model fails/)
    .waitFor();
  expect(await page.getByLabel('down').isChecked()).toBe(true);
  expect(await focused()).toBe('');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('status').getByText('The model answers at once.').waitFor();
});

test('25 hours later is seen on the phone, and what follows is explained', async () => {
  behind.whatsapp = answered();
  const { page, station, shown, write, expectCount, tabTo } = await open();
  await write('whatsapp', 'Hello');
  await expectCount('whatsapp', 'person', 1);
  await page.locator('#whatsapp-person').focus();
  await tabTo('25 hours later');
  await page.keyboard.press('Space');
  await station('whatsapp').locator('.message[data-from="nobody"]').waitFor();
  const log = station('whatsapp').getByRole('log');
  expect(await log.innerText()).toMatch(/Hello[^]*25 hours later/);
  const result = station('whatsapp').locator('.result');
  expect(await result.textContent()).toMatch(/late reply is not sent[^]*new session/);
  expect(passed).toEqual(['whatsapp']);
  await write('whatsapp', 'Hello again');
  await expectCount('whatsapp', 'person', 2);
  expect(await shown('whatsapp', 'person').last().locator('.words').textContent()).toBe(
    'Hello again',
  );
});

test('25 hours later for a person of whom nothing is held is refused in words', async () => {
  const { station, complaints } = await open();
  await station('instagram').getByRole('button', { name: '25 hours later' }).click();
  await station('instagram')
    .locator('.problem', { hasText: /^Nothing is held about/ })
    .waitFor();
  // The browser itself reports the refusal, as it should here.
  expect(complaints.splice(0)).toEqual([expect.stringContaining('409')]);
});

describe.each([
  ['1280 pixels', WIDE],
  ['390 pixels', NARROW],
])('at %s', (_width, size) => {
  test.each(['light', 'dark'] as const)(
    'axe finds nothing in %s, whatever happens behind, and nothing is too wide',
    async (colorScheme) => {
      const { page, station, write } = await open({
        ...size,
        colorScheme,
        reducedMotion: 'reduce',
      });
      const standing = { ...held().standing, human_until: new Date(Date.now() + 60_000) };
      const cases: [Behind, RegExp][] = [
        [writing(), /is being written/],
        [held({ waiting: 1, standing }), /assistant rests/],
        [{ ...inDoubt(), windowClosesAt: new Date(0) }, /evidence/],
        [
          held({
            replies: [
              reply([part({ state: 'needs human', problem: 'no answer' })], { number: 3 }),
              reply([part({ state: 'suppressed' })], { number: 2, isSuperseded: true }),
              reply([part()], { waitsFor: 'account' }),
            ],
            accountProblem: 'token refused',
          }),
          /a human has to look/,
        ],
      ];
      for (const channel of CHANNELS) {
        if (size === NARROW) await page.locator(`[data-show="${channel}"]`).click();
        for (const [is, words] of cases) {
          behind[channel] = is;
          await write(channel, 'Hello');
          await station(channel).locator('.said', { hasText: words }).waitFor();
          expect(await accessibilityViolations(page)).toEqual([]);
        }
      }
      await page.getByRole('button', { name: 'Kill the worker now' }).click();
      await page.locator('.worker-state').getByText('gone').waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(size.viewport.width);
    },
  );
});
